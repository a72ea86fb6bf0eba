package io.vectron.standalone.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import io.vectron.common.digest.Digest;
import io.vectron.common.digest.DigestAccumulator;
import io.vectron.common.digest.DigestPoints;
import io.vectron.common.digest.RowHash;
import io.vectron.ingest.lane.DeadLetter;
import io.vectron.ingest.lane.LaneRecord;
import io.vectron.proto.log.v1.DenseF32;
import io.vectron.proto.log.v1.LogRecord;
import io.vectron.proto.log.v1.NamedVector;
import io.vectron.proto.log.v1.Point;
import io.vectron.proto.log.v1.Removal;
import io.vectron.worker.shard.RowMark;
import io.vectron.worker.shard.StoredRow;
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
    private static final int IDS = 12;

    private final TreeMap<Long, LaneRecord> records = new TreeMap<>();
    private final TreeMap<Long, Law> laws = new TreeMap<>(); // by offset of the last record
    private final DigestAccumulator digest = new DigestAccumulator();
    private long end;

    /**
     * The state at a position, by the law that an id is what its last record says.
     *
     * @param rows as they are stored
     * @param found what a search of all of them finds
     */
    record Law(Map<String, StoredRow> rows, Map<String, Found> found, Digest digest) {
        static final Law EMPTY = new Law(Map.of(), Map.of(), Digest.EMPTY);
    }

    /** Appends a record of one of few ids: a write, a deletion, a rejected record or a barrier. */
    void append(SplittableRandom random) {
        end += skipped(random);
        long offset = end;
        ByteString id = ByteString.copyFromUtf8("id" + random.nextInt(IDS));
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
        if (record.effect() != null) {
            laws.put(offset, after(lawAt(offset), record.effect()));
        }
    }

    /**
     * Transaction markers and compaction leave offsets without a record: now and then so many that
     * a digest point lies among them.
     */
    private static long skipped(SplittableRandom random) {
        if (random.nextInt(50) == 0) {
            return random.nextLong(DigestPoints.EVERY);
        }
        return random.nextInt(8) == 0 ? 1 + random.nextInt(3) : 0;
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

    private Law after(Law before, LogRecord effect) {
        String id = effect.getId().toStringUtf8();
        byte[] bytes = id.getBytes(UTF_8);
        Map<String, StoredRow> rows = new TreeMap<>(before.rows());
        StoredRow former = rows.remove(id);
        Map<String, Found> found = new TreeMap<>(before.found());
        found.remove(id);
        if (former != null) {
            digest.remove(bytes, former.mark().hash());
        }
        if (effect.hasPoint()) {
            long version = effect.getOffset();
            RowMark mark =
                    new RowMark(
                            version, RowHash.of(bytes, version, effect.getPoint().toByteArray()));
            StoredRow row = new StoredRow(id, mark, effect.getPoint());
            rows.put(id, row);
            found.put(id, Found.of(row));
            digest.add(bytes, mark.hash());
        }
        return new Law(rows, found, digest.snapshot());
    }

    /** Next offset to be written. */
    long end() {
        return end;
    }

    /** At most {@code limit} records from a position on. */
    List<LaneRecord> read(long position, int limit) {
        List<LaneRecord> read = new ArrayList<>();
        for (LaneRecord record : records.tailMap(position).values()) {
            if (read.size() == limit) {
                break;
            }
            read.add(record);
        }
        return read;
    }

    /** Position after the record, or the end when it is the last one. */
    long positionAfter(LaneRecord record) {
        return records.higherKey(record.offset()) == null ? end : record.offset() + 1;
    }

    /** The law when everything below the position counts. */
    Law lawAt(long position) {
        Map.Entry<Long, Law> last = laws.lowerEntry(position);
        return last == null ? Law.EMPTY : last.getValue();
    }

    /** Offsets of the rejected records from a position up to below another one. */
    List<Long> rejected(long from, long below) {
        List<Long> offsets = new ArrayList<>();
        if (from < below) {
            records.subMap(from, below)
                    .forEach((offset, record) -> {
                        if (record.letter() != null) {
                            offsets.add(offset);
                        }
                    });
        }
        return offsets;
    }
}
