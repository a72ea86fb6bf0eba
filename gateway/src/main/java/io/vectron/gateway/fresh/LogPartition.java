package io.vectron.gateway.fresh;

/**
 * A partition of a topic.
 *
 * @param topic its name
 * @param number from 0
 */
public record LogPartition(String topic, int number) {

    /** Refuses nonsense. */
    public LogPartition {
        if (topic.isEmpty() || number < 0) {
            throw new IllegalArgumentException("no partition: " + topic + "-" + number);
        }
    }
}
