package io.vectron.common.config;

/**
 * What is wrong with one key, or with several that contradict each other.
 *
 * @param key the key, or what stands in its place; several are joined by {@code ", "}
 * @param value what was given, secrets masked; empty if nothing was
 * @param source where it was given: {@code file:line}, {@code environment}, an argument
 * @param reason what is wrong with it
 * @param allowed what may be given instead; empty if the reason says it
 */
public record Problem(String key, String value, String source, String reason, String allowed) {
    /** One or two lines, for people. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        text.append(source).append(": ").append(key);
        if (!value.isEmpty()) {
            text.append('=').append(value);
        }
        text.append(": ").append(reason);
        if (!allowed.isEmpty()) {
            text.append("; allowed: ").append(allowed);
        }
        return text.toString();
    }
}
