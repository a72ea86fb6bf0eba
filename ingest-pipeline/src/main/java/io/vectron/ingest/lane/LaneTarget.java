package io.vectron.ingest.lane;

/**
 * Where a lane's batches go.
 *
 * @param group Raft group of the shard, a UUID in text form
 * @param topicId Kafka's id of the topic the records come from
 * @param partition partition of the topic
 */
public record LaneTarget(String group, String topicId, int partition) {
    public LaneTarget {
        if (group.isEmpty()) {
            throw new IllegalArgumentException("group is empty");
        }
        if (topicId.isEmpty()) {
            throw new IllegalArgumentException("topic id is empty");
        }
        if (partition < 0) {
            throw new IllegalArgumentException("partition is negative: " + partition);
        }
    }
}
