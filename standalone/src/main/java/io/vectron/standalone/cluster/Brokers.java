package io.vectron.standalone.cluster;

import org.apache.kafka.common.Uuid;

/**
 * The Kafka brokers of a cluster, settled when it is started for the first time.
 *
 * @param count 1 or 3
 * @param clusterId Kafka's id, which several brokers have to be told; empty for one
 */
public record Brokers(int count, String clusterId) {
    /** One broker, which makes its id itself. */
    public static final Brokers ONE = new Brokers(1, "");

    /** Refuses two, whose loss of one would stop both, and several without an id. */
    public Brokers {
        if (count != 1 && count != 3) {
            throw new IllegalArgumentException("brokers must be 1 or 3: " + count);
        }
        if ((count == 1) != clusterId.isEmpty()) {
            throw new IllegalArgumentException("several brokers, and only they, are told an id");
        }
    }

    /** So many brokers of a new cluster. */
    public static Brokers of(int count) {
        return count == 1 ? ONE : new Brokers(count, Uuid.randomUuid().toString());
    }
}
