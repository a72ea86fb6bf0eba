package io.vectron.common.log;

import org.apache.kafka.common.utils.Utils;

/**
 * Which partition a point belongs to: {@code toPositive(murmur2(id)) % shards}, the default of
 * Kafka's Java client. Clients on librdkafka must set {@code partitioner=murmur2_random}.
 */
public final class Partitioning {
    private Partitioning() {}

    /**
     * Partition of a point.
     *
     * @param id the record's key, UTF-8
     * @param shards partitions of the topic, at least 1
     */
    public static int partition(byte[] id, int shards) {
        return Utils.toPositive(Utils.murmur2(id)) % shards;
    }
}
