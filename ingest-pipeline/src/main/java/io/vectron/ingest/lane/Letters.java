package io.vectron.ingest.lane;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The letters a batch still owes.
 *
 * @param addressed letters in order, complete only while {@code unknown} is empty
 * @param unknown ids whose version before the batch must be asked for
 */
record Letters(List<DeadLetter.Addressed> addressed, List<ByteString> unknown) {
    static Letters of(
            List<LaneRecord> records,
            long lettersThrough,
            @Nullable Map<ByteString, Long> versions) {
        List<DeadLetter.Addressed> addressed = new ArrayList<>();
        List<ByteString> unknown = new ArrayList<>();
        // Per id the version its last earlier record in the batch left, null for none.
        Map<ByteString, @Nullable Long> inBatch = new HashMap<>();
        boolean owes = records.stream().anyMatch(r -> owes(r, lettersThrough));
        if (!owes) {
            return new Letters(addressed, unknown);
        }
        for (LaneRecord record : records) {
            DeadLetter letter = record.letter();
            ByteString id = record.effect() == null ? null : record.effect().getId();
            if (letter != null && owes(record, lettersThrough)) {
                Long replaced = null;
                if (id != null && inBatch.containsKey(id)) {
                    replaced = inBatch.get(id);
                } else if (id != null && versions != null) {
                    replaced = versions.get(id);
                } else if (id != null) {
                    unknown.add(id);
                }
                addressed.add(new DeadLetter.Addressed(letter, replaced));
            }
            if (id != null) {
                boolean writes = record.effect() != null && record.effect().hasPoint();
                inBatch.put(id, writes ? record.offset() : null);
            }
        }
        return new Letters(addressed, unknown);
    }

    private static boolean owes(LaneRecord record, long lettersThrough) {
        return record.letter() != null && record.offset() > lettersThrough;
    }
}
