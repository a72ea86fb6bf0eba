package io.vectron.standalone.simulation;

import com.google.protobuf.ByteString;
import io.vectron.ingest.lane.DeadLetter;
import io.vectron.ingest.lane.LaneRecord;
import io.vectron.proto.log.v1.DenseF32;
import io.vectron.proto.log.v1.LogRecord;
import io.vectron.proto.log.v1.NamedVector;
import io.vectron.proto.log.v1.Point;
import io.vectron.proto.log.v1.Removal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * One partition of a topic: records that were acknowledged, at offsets that are not dense. What the
 * law says of it is computed from the records alone.
 */
final class SimulatedLog {
    private final TreeMap<Long, LaneRecord> records = new TreeMap<>();
    private long end;

    /** Appends a record of one of few ids: a write, a deletion, a rejected record or a barrier. */
    void append(SplittableRandom random) {
        // Transaction markers and compaction leave offsets without a record.
        end += random.nextInt(8) == 0 ? 1 + random.nextInt(3) : 0;
        long offset = end;
        ByteString id = ByteString.copyFromUtf8("id" + random.nextInt(12));
        LogRecord.Builder effect = LogRecord.newBuilder().setOffset(offset).setId(id);
        LaneRecord record =
                switch (random.nextInt(10)) {
                    case 0, 1 ->
                            LaneRecord.accepted(
                                    effect.setRemoval(Removal.REMOVAL_TOMBSTONE).build());
                    case 2 ->
                            LaneRecord.rejected(
                                    letter(offset, id),
                                    effect.setRemoval(Removal.REMOVAL_REJECTED).build());
                    case 3 -> LaneRecord.rejected(letter(offset, ByteString.empty()), null);
                    case 4 -> LaneRecord.barrier(offset);
                    default -> LaneRecord.accepted(effect.setPoint(point(random)).build());
                };
        records.put(offset, record);
        end = offset + 1;
    }

    private static ByteString point(SplittableRandom random) {
        DenseF32 vector =
                DenseF32.newBuilder()
                        .addValues(1 + random.nextInt(100))
                        .addValues(random.nextInt(100))
                        .build();
        return Point.newBuilder()
                .addVectors(NamedVector.newBuilder().setF32(vector))
                .build()
                .toByteString();
    }

    private static DeadLetter letter(long offset, ByteString id) {
        return new DeadLetter(
                offset, 0, "planted_rule", "", new DeadLetter.Original(id, null, List.of()));
    }

    /** Next offset to be written. */
    long end() {
        return end;
    }

    /** At most {@code limit} records from a position on. */
    List<LaneRecord> read(long position, int limit) {
        return records.tailMap(position).values().stream().limit(limit).toList();
    }

    /** Position after the record, or the end when it is the last one. */
    long positionAfter(LaneRecord record) {
        return records.higherKey(record.offset()) == null ? end : record.offset() + 1;
    }

    /** The law: version of each live id when everything below the position counts. */
    Map<String, Long> stateAt(long position) {
        Map<String, Long> versions = new TreeMap<>();
        for (LaneRecord record : records.headMap(position).values()) {
            LogRecord effect = record.effect();
            if (effect == null) {
                continue;
            }
            if (effect.hasPoint()) {
                versions.put(effect.getId().toStringUtf8(), effect.getOffset());
            } else {
                versions.remove(effect.getId().toStringUtf8());
            }
        }
        return versions;
    }

    /** Offsets of the rejected records below the position. */
    List<Long> rejectedBelow(long position) {
        List<Long> offsets = new ArrayList<>();
        records.headMap(position)
                .forEach((offset, record) -> {
                    if (record.letter() != null) {
                        offsets.add(offset);
                    }
                });
        return offsets;
    }
}
