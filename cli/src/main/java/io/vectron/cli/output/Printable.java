package io.vectron.cli.output;

/**
 * Text of others on a screen. Ids and payloads are anybody's: what would move the cursor, recolour
 * the screen or turn the direction of writing is shown as its escape.
 */
public final class Printable {
    private static final int FIRST_PRINTABLE = 0x20;
    private static final int DELETE = 0x7f;
    private static final int LAST_CONTROL = 0x9f;

    private Printable() {}

    /** The text on one line, with every control character as {@code \}{@code uXXXX}. */
    public static String of(String text) {
        return escape(text, FIRST_PRINTABLE);
    }

    /**
     * JSON text whose strings hold nothing that a terminal obeys. JSON itself escapes what lies
     * below a blank; the rest stands within strings only, where an escape means the same.
     */
    static String json(String json) {
        return escape(json, 0);
    }

    private static String escape(String text, int firstPrintable) {
        int at = 0;
        while (at < text.length() && !obeyed(text, at, firstPrintable)) {
            at++;
        }
        if (at == text.length()) {
            return text;
        }
        StringBuilder escaped = new StringBuilder(text.length() + 16).append(text, 0, at);
        for (; at < text.length(); at++) {
            char c = text.charAt(at);
            if (obeyed(text, at, firstPrintable)) {
                escaped.append(String.format("\\u%04x", (int) c));
            } else {
                escaped.append(c);
            }
        }
        return escaped.toString();
    }

    private static boolean obeyed(String text, int at, int firstPrintable) {
        char c = text.charAt(at);
        return c < firstPrintable
                || (c >= DELETE && c <= LAST_CONTROL)
                || turnsDirection(c)
                || (Character.isSurrogate(c) && !paired(text, at));
    }

    /** Marks, embeddings, overrides and isolates of bidirectional text, and separators of lines. */
    private static boolean turnsDirection(char c) {
        return c == '\u200e'
                || c == '\u200f'
                || c == '\u061c'
                || (c >= '\u2028' && c <= '\u202e')
                || (c >= '\u2066' && c <= '\u2069');
    }

    private static boolean paired(String text, int at) {
        char c = text.charAt(at);
        return Character.isHighSurrogate(c)
                ? at + 1 < text.length() && Character.isLowSurrogate(text.charAt(at + 1))
                : at > 0 && Character.isHighSurrogate(text.charAt(at - 1));
    }
}
