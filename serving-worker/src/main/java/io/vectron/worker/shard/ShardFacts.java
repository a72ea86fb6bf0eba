package io.vectron.worker.shard;

import io.vectron.proto.log.v1.CollectionFacts;
import io.vectron.proto.log.v1.Metric;
import io.vectron.proto.log.v1.VectorSpec;
import io.vectron.proto.log.v1.VectorType;
import java.util.Objects;
import java.util.UUID;

/**
 * What never changes of a shard. All replicas of a group are given the same facts, since entries
 * are judged by them.
 *
 * @param group Raft group
 * @param collection facts of the collection
 * @param topicId Kafka's id of the topic
 * @param partition partition of the topic
 * @param generation generation of the collection's index
 * @param firstEpoch epoch the group starts with; a replica that joins later is given the same
 * @param firstPosition position the group starts with; as above
 */
public record ShardFacts(
        UUID group,
        CollectionFacts collection,
        String topicId,
        int partition,
        int generation,
        long firstEpoch,
        long firstPosition) {

    /** Of a shard that begins at offset zero. */
    public ShardFacts(
            UUID group,
            CollectionFacts collection,
            String topicId,
            int partition,
            int generation,
            long firstEpoch) {
        this(group, collection, topicId, partition, generation, firstEpoch, 0);
    }

    public ShardFacts {
        Objects.requireNonNull(group, "group");
        if (collection.getId().isEmpty()) {
            throw new IllegalArgumentException("the collection has no id");
        }
        if (topicId.isEmpty()) {
            throw new IllegalArgumentException("the topic has no id");
        }
        if (partition < 0 || partition >= Math.max(1, collection.getShards())) {
            throw new IllegalArgumentException(
                    "partition " + partition + " of " + collection.getShards());
        }
        if (generation < 0 || firstEpoch < 0 || firstPosition < 0) {
            throw new IllegalArgumentException(
                    "negative generation, epoch or position: "
                            + generation
                            + ", "
                            + firstEpoch
                            + ", "
                            + firstPosition);
        }
        requireOneDenseVector(collection);
    }

    private static void requireOneDenseVector(CollectionFacts collection) {
        if (collection.getVectorsCount() != 1) {
            throw new IllegalArgumentException(
                    "one vector a point is indexed, not " + collection.getVectorsCount());
        }
        VectorSpec spec = collection.getVectors(0);
        if (spec.getType() != VectorType.VECTOR_TYPE_F32
                && spec.getType() != VectorType.VECTOR_TYPE_UNSPECIFIED) {
            throw new IllegalArgumentException("vectors of " + spec.getType() + " are not indexed");
        }
        if (spec.getDimension() < 1) {
            throw new IllegalArgumentException("dimension is " + spec.getDimension());
        }
        if (spec.getMetric() == Metric.METRIC_UNSPECIFIED
                || spec.getMetric() == Metric.UNRECOGNIZED) {
            throw new IllegalArgumentException("no known metric: " + spec.getMetricValue());
        }
    }

    /** The vector that is indexed. */
    public VectorSpec vector() {
        return collection.getVectors(0);
    }

    /** Name for logs: {@code <collection>/<generation>/<partition>}. */
    public String label() {
        return collection.getName() + "/" + generation + "/" + partition;
    }
}
