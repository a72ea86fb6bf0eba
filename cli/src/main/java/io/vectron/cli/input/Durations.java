package io.vectron.cli.input;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations such as {@code 500ms}, {@code 30s}, {@code 5m}, {@code 2h}, {@code 7d}, and times. */
public final class Durations {
    private static final Pattern FORM = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)");

    private Durations() {}

    /**
     * Reads a duration.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static Duration parse(String text) {
        Matcher match = FORM.matcher(text);
        if (!match.matches()) {
            throw new IllegalArgumentException(
                    "'" + text + "' is no duration such as 500ms, 30s, 5m, 2h, 7d");
        }
        long count = Long.parseLong(match.group(1));
        return switch (match.group(2)) {
            case "ms" -> Duration.ofMillis(count);
            case "s" -> Duration.ofSeconds(count);
            case "m" -> Duration.ofMinutes(count);
            case "h" -> Duration.ofHours(count);
            case "d" -> Duration.ofDays(count);
            default -> throw new IllegalStateException("the form has no other unit");
        };
    }

    /**
     * Reads a time: RFC 3339, or a duration that is that long before {@code now}.
     *
     * @throws IllegalArgumentException if it is neither
     */
    public static Instant moment(String text, Instant now) {
        if (FORM.matcher(text).matches()) {
            return now.minus(parse(text));
        }
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "'"
                            + text
                            + "' is no time such as 2026-01-31T12:00:00Z, or 15m for 15 minutes"
                            + " ago",
                    e);
        }
    }
}
