package io.vectron.worker.shard;

import com.google.protobuf.ByteString;
import io.vectron.common.limit.Limits;
import io.vectron.proto.log.v1.ApplyBatch;
import io.vectron.proto.log.v1.LogRecord;
import io.vectron.proto.log.v1.Removal;
import io.vectron.proto.log.v1.VectorSpec;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads a batch strictly. The validator in front has judged every record by the collection's rules;
 * what is wrong here is a defect of the sender, and refusing it whole is the only answer that all
 * replicas can give without knowing why.
 */
final class BatchReader {
    private BatchReader() {}

    /** What a batch says. */
    sealed interface Batch {
        /** Last effect of each id, by ascending offset. */
        record Good(SequencedMap<String, Effect> effects) implements Batch {}

        /** It breaks a rule. */
        record Bad(String message) implements Batch {}
    }

    /** Reads a batch that ends after {@code position}; records below it are left out. */
    static Batch read(VectorSpec spec, ApplyBatch batch, long position) {
        if (batch.getFrom() < 0) {
            return new Batch.Bad("from is negative: " + batch.getFrom());
        }
        SequencedMap<String, Effect> effects = new LinkedHashMap<>();
        long next = batch.getFrom();
        for (LogRecord record : batch.getRecordsList()) {
            long offset = record.getOffset();
            if (offset < next || offset >= batch.getTo()) {
                return new Batch.Bad(
                        "offset " + offset + " is not within " + next + " to " + batch.getTo());
            }
            next = offset + 1;
            String id = id(record.getId());
            if (id == null) {
                return new Batch.Bad("record " + offset + ": not an id");
            }
            if (offset < position) {
                continue;
            }
            switch (record.getEffectCase()) {
                case POINT -> {
                    switch (PointVectors.find(spec, record.getPoint())) {
                        case PointVectors.Found.Fit(var vector) ->
                                effects.putLast(
                                        id, new Effect.Write(offset, record.getPoint(), vector));
                        case PointVectors.Found.Unfit(var reason) -> {
                            return new Batch.Bad("record " + offset + ": " + reason);
                        }
                    }
                }
                case REMOVAL -> {
                    if (!known(record.getRemoval())) {
                        return new Batch.Bad("record " + offset + ": no known removal");
                    }
                    effects.putLast(id, new Effect.Remove(offset));
                }
                case EFFECT_NOT_SET -> {
                    return new Batch.Bad("record " + offset + " has no effect");
                }
            }
        }
        return new Batch.Good(effects);
    }

    private static @Nullable String id(ByteString bytes) {
        return bytes.isEmpty() || bytes.size() > Limits.ID_BYTES || !bytes.isValidUtf8()
                ? null
                : bytes.toStringUtf8();
    }

    private static boolean known(Removal removal) {
        return switch (removal) {
            case REMOVAL_TOMBSTONE, REMOVAL_REJECTED -> true;
            case REMOVAL_UNSPECIFIED, UNRECOGNIZED -> false;
        };
    }
}
