package io.vectron.placement.model;

/**
 * A dead-letter topic that outlives its collection.
 *
 * @param topic its name
 * @param deleteAfterMs when it may be deleted, milliseconds since 1970
 */
public record DeadLetters(String topic, long deleteAfterMs) {
    public DeadLetters {
        if (topic.isEmpty()) {
            throw new IllegalArgumentException("dead-letter topic without a name");
        }
        if (deleteAfterMs < 0) {
            throw new IllegalArgumentException("negative time: " + deleteAfterMs);
        }
    }
}
