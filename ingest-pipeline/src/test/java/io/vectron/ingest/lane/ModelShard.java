package io.vectron.ingest.lane;

import com.google.protobuf.ByteString;
import io.vectron.proto.log.v1.ApplyBatch;
import io.vectron.proto.log.v1.LogRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The worker's side of the contract, in memory. */
final class ModelShard {
    final List<Long> appliedOffsets = new ArrayList<>();
    final Map<ByteString, Long> versions = new HashMap<>();
    long position;
    long epoch;

    Reply apply(ApplyBatch batch) {
        if (batch.getEpoch() < epoch) {
            return new Reply.StaleEpoch(epoch);
        }
        if (batch.getTo() <= position) {
            return new Reply.Applied(position);
        }
        if (batch.getFrom() > position) {
            return new Reply.Gap(position);
        }
        for (LogRecord record : batch.getRecordsList()) {
            if (record.getOffset() >= position) {
                apply(record);
            }
        }
        position = batch.getTo();
        return new Reply.Applied(position);
    }

    Reply lookUp(Effect.LookUp ask) {
        if (position < ask.position()) {
            return new Reply.Gap(position);
        }
        Map<ByteString, Long> found = new HashMap<>();
        for (ByteString id : ask.ids()) {
            Long version = versions.get(id);
            if (version != null) {
                found.put(id, version);
            }
        }
        return new Reply.Versions(found);
    }

    /** Comes back at an older position, with the state of then. */
    void restart(long older, List<LaneRecord> log) {
        appliedOffsets.clear();
        versions.clear();
        for (LaneRecord record : log) {
            if (record.offset() < older && record.effect() != null) {
                apply(record.effect());
            }
        }
        position = older;
    }

    private void apply(LogRecord record) {
        appliedOffsets.add(record.getOffset());
        if (record.hasPoint()) {
            versions.put(record.getId(), record.getOffset());
        } else {
            versions.remove(record.getId());
        }
    }
}
