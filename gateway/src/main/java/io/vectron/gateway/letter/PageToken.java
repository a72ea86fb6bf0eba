package io.vectron.gateway.letter;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.vectron.common.error.ErrorCode;
import io.vectron.common.error.VectronException;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where the next page begins.
 *
 * @param partition partition of the dead-letter topic
 * @param offset first offset of the next page
 * @param end where the partition ended when the pages came to it: what is added later is left to
 *     those who begin again, so that a retry does not meet what itself brought about
 * @param scanned how far settlements were read; only makes pages without progress differ
 */
public record PageToken(int partition, long offset, long end, long scanned) {

    private static final Pattern TEXT =
            Pattern.compile("1:(\\d{1,6}):(\\d{1,18}):(\\d{1,18}):(\\d{1,18})");

    /** Refuses nonsense. */
    public PageToken {
        if (partition < 0 || offset < 0 || end < 0 || scanned < 0) {
            throw new IllegalArgumentException(
                    "no page: " + partition + ", " + offset + ", " + end + ", " + scanned);
        }
    }

    /**
     * Reads the token of a request.
     *
     * @throws VectronException INVALID_REQUEST
     */
    public static PageToken parse(String token) {
        try {
            String text = new String(Base64.getUrlDecoder().decode(token), US_ASCII);
            Matcher match = TEXT.matcher(text);
            if (match.matches()) {
                return new PageToken(
                        Integer.parseInt(match.group(1)),
                        Long.parseLong(match.group(2)),
                        Long.parseLong(match.group(3)),
                        Long.parseLong(match.group(4)));
            }
        } catch (IllegalArgumentException notBase64) {
            // Told below.
        }
        throw new VectronException(
                ErrorCode.INVALID_REQUEST,
                "page_token",
                "the token is none that a page before has given");
    }

    /** The text that callers pass on. */
    public String text() {
        String text = "1:" + partition + ":" + offset + ":" + end + ":" + scanned;
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(US_ASCII));
    }
}
