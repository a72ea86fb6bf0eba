package io.vectron.common.config;

import java.util.Locale;
import java.util.regex.Pattern;

/** Tells which keys hold what nobody may read. Rather one too many than one too few. */
public final class Secrets {
    /** Stands in the place of a secret. */
    public static final String MASK = "********";

    private static final Pattern NAMES =
            Pattern.compile(
                    "password|passwd|passphrase|secret|jaas|credential|token|private"
                            + "|(key|trust)store[._](key|certificate)|api[._]?key");

    private Secrets() {}

    /** Whether the name of a key or of a property says that its value is a secret. */
    public static boolean named(String key) {
        return NAMES.matcher(key.toLowerCase(Locale.ROOT)).find();
    }
}
