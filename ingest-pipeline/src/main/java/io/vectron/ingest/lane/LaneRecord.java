package io.vectron.ingest.lane;

import com.google.protobuf.CodedOutputStream;
import io.vectron.proto.log.v1.ApplyBatch;
import io.vectron.proto.log.v1.LogRecord;
import org.jspecify.annotations.Nullable;

/**
 * One judged record of a lane's partition.
 *
 * @param offset its offset
 * @param effect what it does to a point; null when it does nothing (a barrier, or a rejected record
 *     without a readable id)
 * @param letter set if and only if it was rejected
 * @param way where it has been
 * @param leaderEpoch Kafka's leader epoch of it, {@link #NO_EPOCH} if not known
 */
public record LaneRecord(
        long offset,
        @Nullable LogRecord effect,
        @Nullable DeadLetter letter,
        Way way,
        int leaderEpoch) {
    /** A leader epoch that is not known. */
    public static final int NO_EPOCH = -1;

    /** What a held record costs beside its bytes: objects and references. */
    static final long OVERHEAD_BYTES = 200;

    /**
     * Where a record has been. Times are milliseconds since 1970; 0 if not known.
     *
     * @param loggedAtMs Kafka's timestamp
     * @param readAtMs when it was read from the log
     * @param judgedAtMs when it was judged
     * @param traceparent trace that its producer recorded it in, W3C; null if in none
     */
    public record Way(
            long loggedAtMs, long readAtMs, long judgedAtMs, @Nullable String traceparent) {
        static final Way UNKNOWN = new Way(0, 0, 0, null);
    }

    public LaneRecord {
        if (offset < 0) {
            throw new IllegalArgumentException("offset is negative: " + offset);
        }
        if (effect != null && effect.getOffset() != offset) {
            throw new IllegalArgumentException(
                    "effect of offset " + effect.getOffset() + " on record " + offset);
        }
        if (letter != null && letter.offset() != offset) {
            throw new IllegalArgumentException(
                    "letter of offset " + letter.offset() + " on record " + offset);
        }
    }

    /** An accepted record. */
    public static LaneRecord accepted(LogRecord effect) {
        return new LaneRecord(effect.getOffset(), effect, null, Way.UNKNOWN, NO_EPOCH);
    }

    /** A record that only moves the position. */
    public static LaneRecord barrier(long offset) {
        return new LaneRecord(offset, null, null, Way.UNKNOWN, NO_EPOCH);
    }

    /** A rejected record; {@code effect} removes its point if the id could be read. */
    public static LaneRecord rejected(DeadLetter letter, @Nullable LogRecord effect) {
        return new LaneRecord(letter.offset(), effect, letter, Way.UNKNOWN, NO_EPOCH);
    }

    /** The same record with its way so far. */
    public LaneRecord along(Way way) {
        return new LaneRecord(offset, effect, letter, way, leaderEpoch);
    }

    /** The same record with its leader epoch. */
    public LaneRecord of(int epoch) {
        return new LaneRecord(offset, effect, letter, way, epoch);
    }

    /** Whether it only moves the position. */
    boolean isBarrier() {
        return effect == null && letter == null;
    }

    /** Bytes it takes in a batch. */
    int entryBytes() {
        return effect == null
                ? 0
                : CodedOutputStream.computeMessageSize(ApplyBatch.RECORDS_FIELD_NUMBER, effect);
    }

    /** Bytes it takes in memory. */
    long heldBytes() {
        String trace = way.traceparent();
        return OVERHEAD_BYTES
                + entryBytes()
                + (letter == null ? 0 : letter.heldBytes())
                + (trace == null ? 0 : trace.length());
    }
}
