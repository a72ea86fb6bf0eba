package io.vectron.worker.shard;

import io.vectron.proto.log.v1.Halt;

/** When a report that the log contradicts a shard is to be believed. Pure. */
final class Halts {
    private Halts() {}

    /** Whether it says anything that a state could be compared with. */
    static boolean isComplete(Halt halt) {
        return switch (halt.getReason()) {
            case HALT_REASON_BEYOND_END,
                    HALT_REASON_BELOW_START,
                    HALT_REASON_OTHER_EPOCH,
                    HALT_REASON_OTHER_TOPIC,
                    HALT_REASON_OUTDATED ->
                    halt.getPosition() >= 0;
            case HALT_REASON_UNSPECIFIED, UNRECOGNIZED -> false;
        };
    }

    /**
     * Whether it holds for a shard at this position. Who has gone on meanwhile has found the
     * records that the report misses; who fell back may not have what the log lacks either.
     */
    static boolean holds(Halt halt, long position) {
        return switch (halt.getReason()) {
            case HALT_REASON_BEYOND_END, HALT_REASON_OTHER_EPOCH -> position >= halt.getPosition();
            case HALT_REASON_BELOW_START, HALT_REASON_OUTDATED -> position == halt.getPosition();
            case HALT_REASON_OTHER_TOPIC -> true;
            case HALT_REASON_UNSPECIFIED, UNRECOGNIZED -> false;
        };
    }
}
