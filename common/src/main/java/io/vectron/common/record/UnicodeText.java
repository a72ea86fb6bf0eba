package io.vectron.common.record;

/** Questions about strings that Java answers for UTF-16 and we ask for UTF-8. */
public final class UnicodeText {
    private static final char FIRST_SURROGATE = '\ud800';
    private static final int MAX_SHOWN = 64;

    private UnicodeText() {}

    /** Whether every surrogate has its other half, so that UTF-8 can hold the text. */
    public static boolean isPaired(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                boolean paired =
                        i + 1 < text.length()
                                && Character.isSurrogatePair(text.charAt(i), text.charAt(i + 1));
                if (!paired) {
                    return false;
                }
                i++;
            }
        }
        return true;
    }

    /** Text for a reason. */
    public static String shortened(String text) {
        return text.length() <= MAX_SHOWN ? text : text.substring(0, MAX_SHOWN) + "…";
    }

    /** The order of the strings' UTF-8 bytes, which is the order of their code points. */
    static int compareUtf8(String a, String b) {
        int shared = Math.min(a.length(), b.length());
        for (int i = 0; i < shared; i++) {
            char x = a.charAt(i);
            char y = b.charAt(i);
            if (x != y) {
                boolean bothHigh = x >= FIRST_SURROGATE && y >= FIRST_SURROGATE;
                if (bothHigh && Character.isSurrogate(x) != Character.isSurrogate(y)) {
                    // Surrogates stand for code points beyond all that fit one char.
                    return Character.isSurrogate(x) ? 1 : -1;
                }
                return Character.compare(x, y);
            }
        }
        return Integer.compare(a.length(), b.length());
    }
}
