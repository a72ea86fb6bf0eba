package io.vectron.standalone.cluster;

import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How a service is.
 *
 * @param service which one
 * @param life whether its process runs
 * @param pid of its process, or of the one that died; 0 if it was stopped
 * @param since when that process was started; null if it was stopped
 * @param notReady why it cannot serve; null if it can
 * @param residentBytes memory in RAM, shared pages in proportion; -1 if it does not run
 * @param address where others reach it; empty if nobody does
 */
public record ServiceState(
        Service service,
        Life life,
        long pid,
        @Nullable Instant since,
        @Nullable String notReady,
        long residentBytes,
        String address) {

    /** Whether the process of a service runs. */
    public enum Life {
        RUNNING,
        /** It was started, and ended without having been stopped. */
        DEAD,
        /** It was stopped, or never started. */
        STOPPED;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Whether it can serve. */
    public boolean ready() {
        return notReady == null;
    }
}
