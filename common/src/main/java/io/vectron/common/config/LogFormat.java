package io.vectron.common.config;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a process writes its log lines: {@code VECTRON_LOG_FORMAT}, which the logging framework reads
 * by itself, and says nothing about what it does not know.
 */
public final class LogFormat {
    private static final String KEY = "VECTRON_LOG_FORMAT";
    private static final Set<String> KNOWN = Set.of("text", "json");

    private LogFormat() {}

    /** What is wrong with this process's setting, for people; null if nothing is. Any thread. */
    public static @Nullable String problem() {
        return problem(System.getenv(KEY));
    }

    static @Nullable String problem(@Nullable String given) {
        return given == null || KNOWN.contains(given)
                ? null
                : KEY + " is text or json, not \"" + given + "\" (environment)";
    }
}
