package io.vectron.ingest.feed;

import io.vectron.proto.log.v1.CollectionFacts;

/**
 * The delivery of one partition into one generation of its collection: what all parts of the job
 * know it by. One instance a split and task, so parts may key by identity of {@link #group}.
 *
 * @param facts facts of the collection
 * @param topicId Kafka's id of the topic
 * @param partition partition, which is the shard's number
 * @param generation generation fed
 * @param group Raft group of the shard, a UUID in text form; differs for every generation and
 *     incarnation, so it names the feed
 * @param epoch membership of the group when the split was made
 */
public record ShardFeed(
        CollectionFacts facts,
        String topicId,
        int partition,
        int generation,
        String group,
        long epoch) {
    public ShardFeed {
        if (facts.getTopic().isEmpty()) {
            throw new IllegalArgumentException("facts name no topic");
        }
        if (topicId.isEmpty()) {
            throw new IllegalArgumentException("topic id is empty");
        }
        if (partition < 0 || partition >= facts.getShards()) {
            throw new IllegalArgumentException(
                    "partition " + partition + " of " + facts.getShards());
        }
        if (generation < 1) {
            throw new IllegalArgumentException("generation is below 1: " + generation);
        }
        if (group.isEmpty()) {
            throw new IllegalArgumentException("group is empty");
        }
        if (epoch < 0) {
            throw new IllegalArgumentException("epoch is negative: " + epoch);
        }
    }

    public String topic() {
        return facts.getTopic();
    }

    /** Whether both deliver the same partition into the same generation, to whatever group. */
    public boolean isSameLane(ShardFeed other) {
        return topic().equals(other.topic())
                && partition == other.partition
                && generation == other.generation;
    }

    /** Short name for logs and threads. */
    @Override
    public String toString() {
        return facts.getTopic() + "-" + partition + "@" + generation + " (" + group + ")";
    }
}
