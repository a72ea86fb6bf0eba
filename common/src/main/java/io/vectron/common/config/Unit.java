package io.vectron.common.config;

/** What a number counts. Values are written with their unit, so the key does not repeat it. */
public enum Unit {
    /** Nothing that needs a unit. */
    NONE(""),
    /** Bytes, written as {@code 64MiB}. The key of {@code cacheBytes} is {@code CACHE}. */
    BYTES("Bytes"),
    /** Milliseconds, written as {@code 250ms}. The key of {@code lingerMs} is {@code LINGER}. */
    MILLISECONDS("Ms");

    private final String suffix;

    Unit(String suffix) {
        this.suffix = suffix;
    }

    /** The name of a component without its unit. */
    String strip(String name) {
        boolean stripped = !suffix.isEmpty() && name.endsWith(suffix);
        return stripped ? name.substring(0, name.length() - suffix.length()) : name;
    }
}
