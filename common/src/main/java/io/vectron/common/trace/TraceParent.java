package io.vectron.common.trace;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A trace that a caller is part of, by <a href="https://www.w3.org/TR/trace-context/">W3C Trace
 * Context</a>, as the header {@code traceparent} carries it. We make no spans of our own and pass
 * the header on as it came, which the recommendation allows; so its 55 characters are all that is
 * needed here, and what the job carries into a Flink cluster stays small.
 *
 * @param text the header, strictly valid
 */
public record TraceParent(String text) {
    /** Name of the header, in HTTP, gRPC and Kafka alike. */
    public static final String HEADER = "traceparent";

    /** Longest header read. A later version may be longer than ours. */
    private static final int LONGEST = 256;

    private static final int VERSION_0_LENGTH = 55;
    private static final Pattern FORM =
            Pattern.compile(
                    "(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})"
                            + "(-[\\x21-\\x7e]*)?");

    /** Refuses what {@link #parse} does not take. */
    public TraceParent {
        if (!isValid(text)) {
            throw new IllegalArgumentException("no trace context");
        }
    }

    /** Reads a header; null if there is none, or if it is broken: a broken one is ignored. */
    public static @Nullable TraceParent parse(@Nullable String header) {
        return header != null && isValid(header) ? new TraceParent(header) : null;
    }

    /** As {@link #parse(String)}, for the value of a Kafka header. */
    public static @Nullable TraceParent parse(byte @Nullable [] header) {
        return header == null || header.length > LONGEST
                ? null
                : parse(new String(header, ISO_8859_1));
    }

    private static boolean isValid(String text) {
        if (text.length() < VERSION_0_LENGTH || text.length() > LONGEST) {
            return false;
        }
        return FORM.matcher(text).matches()
                && (text.length() == VERSION_0_LENGTH || !text.startsWith("00"));
    }

    /** The trace, 32 hexadecimal digits: what log lines carry. */
    public String traceId() {
        return text.substring(3, 35);
    }

    /** Whether the caller records this trace. Only such are written to our logs. */
    public boolean sampled() {
        Matcher matcher = FORM.matcher(text);
        return matcher.matches() && (Integer.parseInt(matcher.group(2), 16) & 1) == 1;
    }

    /** The header. */
    @Override
    public String toString() {
        return text;
    }
}
