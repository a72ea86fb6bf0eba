package io.vectron.gateway.log;

import io.grpc.Deadline;
import io.vectron.common.error.VectronException;

/** Reads stretches of the log. Any thread. */
public interface LogReader extends AutoCloseable {

    /** What a reader sees. */
    enum Visibility {
        /** Records of committed transactions and of none. */
        COMMITTED,
        /** Those of open and aborted transactions too. */
        ALL
    }

    /**
     * Begins to read. Few may read at a time; nobody queues.
     *
     * @param deadline when whatever the session does ends
     * @return to be used by one thread, and closed
     * @throws VectronException OVERLOADED if too many are reading
     */
    LogSession open(Visibility visibility, Deadline deadline);

    /** Refuses new sessions; open ones end with their next call. */
    @Override
    void close();
}
