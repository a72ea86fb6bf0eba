package io.vectron.standalone.process;

import java.time.Instant;

/**
 * A process that was started: enough to tell it from another one that was given its pid later.
 *
 * @param pid of the system
 * @param start when the system says that it began, see {@link ProcessTable#start}
 * @param mark an argument of its command line
 * @param since when it was started, for people
 */
public record StartedProcess(long pid, String start, String mark, Instant since) {
    /** Refuses what is no process. */
    public StartedProcess {
        if (pid < 2 || start.isBlank() || mark.isBlank()) {
            throw new IllegalArgumentException("no process: " + pid + ", " + start + ", " + mark);
        }
    }
}
