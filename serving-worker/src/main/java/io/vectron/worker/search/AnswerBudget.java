package io.vectron.worker.search;

import io.vectron.common.error.ErrorCode;
import io.vectron.common.error.VectronException;
import io.vectron.common.limit.Limits;
import java.util.concurrent.atomic.AtomicLong;

/** Bytes that one answer may hold, shared by the shards that contribute to it. */
final class AnswerBudget {
    /** Leaves a sixteenth of the message for what is not a point. */
    static final long BYTES = Limits.MESSAGE_BYTES / 16 * 15;

    private final AtomicLong left = new AtomicLong(BYTES);
    private final String field;

    /**
     * @param field of the request to blame for an answer that is too large
     */
    AnswerBudget(String field) {
        this.field = field;
    }

    void spend(int bytes) {
        if (left.addAndGet(-bytes) < 0) {
            throw new VectronException(
                    ErrorCode.REQUEST_TOO_LARGE,
                    field,
                    "the answer would be larger than " + BYTES + " bytes: ask for less");
        }
    }
}
