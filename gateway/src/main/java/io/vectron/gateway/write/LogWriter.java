package io.vectron.gateway.write;

import io.grpc.Deadline;
import java.util.List;

/** Appends to the log. Any thread. */
public interface LogWriter extends AutoCloseable {

    /**
     * Appends records, and waits until every one has ended or the deadline has passed. Records of
     * one call to one partition keep their order in the log, and come after the records of every
     * call that has returned: a write that was given up never overtakes a later one.
     *
     * @return one outcome a record, in their order
     */
    List<AppendOutcome> append(List<LogAppend> records, Deadline deadline)
            throws InterruptedException;

    /** Releases connections; appends still under way end as not acknowledged. */
    @Override
    void close();
}
