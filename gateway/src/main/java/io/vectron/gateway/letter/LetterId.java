package io.vectron.gateway.letter;

import io.vectron.common.error.ErrorCode;
import io.vectron.common.error.VectronException;
import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a dead letter lies in the dead-letter topic. Text form: {@code 0-17}.
 *
 * @param partition partition
 * @param offset offset
 */
public record LetterId(int partition, long offset) implements Comparable<LetterId> {

    private static final Pattern TEXT = Pattern.compile("(\\d{1,6})-(\\d{1,18})");
    private static final Comparator<LetterId> ORDER =
            Comparator.comparingInt(LetterId::partition).thenComparingLong(LetterId::offset);

    /** Refuses nonsense. */
    public LetterId {
        if (partition < 0 || offset < 0) {
            throw new IllegalArgumentException("no letter: " + partition + "-" + offset);
        }
    }

    /**
     * Reads the text form.
     *
     * @param field path of the field, for the error
     * @throws VectronException INVALID_REQUEST
     */
    public static LetterId parse(String text, String field) {
        Matcher match = TEXT.matcher(text);
        if (!match.matches()) {
            throw new VectronException(
                    ErrorCode.INVALID_REQUEST,
                    field,
                    "the id of a dead letter is <partition>-<offset>, such as 0-17");
        }
        return new LetterId(Integer.parseInt(match.group(1)), Long.parseLong(match.group(2)));
    }

    @Override
    public int compareTo(LetterId other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return partition + "-" + offset;
    }
}
