package io.vectron.bench.run;

import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.vectron.proto.log.v1.DenseF32;
import io.vectron.proto.log.v1.Metric;
import io.vectron.proto.log.v1.NamedVector;
import io.vectron.proto.log.v1.Point;
import io.vectron.proto.log.v1.VectorSpec;
import io.vectron.proto.v1.AtLeast;
import io.vectron.proto.v1.Collection;
import io.vectron.proto.v1.CollectionServiceGrpc;
import io.vectron.proto.v1.CreateCollectionRequest;
import io.vectron.proto.v1.DeleteCollectionRequest;
import io.vectron.proto.v1.PointServiceGrpc;
import io.vectron.proto.v1.ReadMode;
import io.vectron.proto.v1.SearchRequest;
import io.vectron.proto.v1.SearchResponse;
import io.vectron.proto.v1.WriteToken;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * What a user of a running Vectron holds: a plain Kafka producer and a gRPC channel to the gateway.
 * Safe for use by several threads.
 */
public final class Session implements AutoCloseable {
    private final KafkaProducer<byte[], byte[]> producer;
    private final ManagedChannel channel;

    /** Connects to the addresses of a running process. */
    public Session(String kafka, String gateway) {
        producer =
                new KafkaProducer<>(
                        Map.of(
                                "bootstrap.servers",
                                kafka,
                                "acks",
                                "all",
                                "buffer.memory",
                                128L << 20,
                                "key.serializer",
                                ByteArraySerializer.class,
                                "value.serializer",
                                ByteArraySerializer.class));
        channel =
                Grpc.newChannelBuilder(gateway, InsecureChannelCredentials.create())
                        .maxInboundMessageSize(16 << 20)
                        .build();
    }

    /** The producer. */
    public KafkaProducer<byte[], byte[]> producer() {
        return producer;
    }

    /** The search and point service; a deadline must be set. */
    public PointServiceGrpc.PointServiceBlockingStub points(Duration deadline) {
        return PointServiceGrpc.newBlockingStub(channel)
                .withDeadlineAfter(deadline.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Creates a collection with one dense vector and one replica a shard. */
    public Collection create(String name, int dimension, Metric metric, int shards) {
        return create(name, dimension, metric, shards, 1);
    }

    /** Creates a collection with one dense vector, whose shards have so many replicas. */
    public Collection create(
            String name, int dimension, Metric metric, int shards, int replicationFactor) {
        var vector = VectorSpec.newBuilder().setDimension(dimension).setMetric(metric);
        return collections()
                .createCollection(
                        CreateCollectionRequest.newBuilder()
                                .setName(name)
                                .addVectors(vector)
                                .setShards(shards)
                                .setReplicationFactor(replicationFactor)
                                .build())
                .getCollection();
    }

    /** Deletes a collection. */
    public void delete(String name) {
        collections().deleteCollection(DeleteCollectionRequest.newBuilder().setName(name).build());
    }

    private CollectionServiceGrpc.CollectionServiceBlockingStub collections() {
        return CollectionServiceGrpc.newBlockingStub(channel)
                .withDeadlineAfter(60, TimeUnit.SECONDS);
    }

    /** A record that writes a point, as a plain producer would make it. */
    public static ProducerRecord<byte[], byte[]> record(String topic, String id, float[] vector) {
        var named = NamedVector.newBuilder().setF32(dense(vector));
        Point point = Point.newBuilder().addVectors(named).build();
        return new ProducerRecord<>(
                topic, id.getBytes(StandardCharsets.UTF_8), point.toByteArray());
    }

    /**
     * Searches every shard with a state that holds all the records: waits until they are
     * searchable.
     *
     * @throws io.grpc.StatusRuntimeException DEADLINE_EXCEEDED if they are not in time
     */
    public SearchResponse searchAtLeast(
            String collection,
            float[] vector,
            java.util.Collection<RecordMetadata> acknowledged,
            Duration deadline) {
        var atLeast = AtLeast.newBuilder();
        for (RecordMetadata record : acknowledged) {
            atLeast.addTokens(
                    WriteToken.newBuilder()
                            .setTopic(record.topic())
                            .setPartition(record.partition())
                            .setOffset(record.offset()));
        }
        return points(deadline)
                .search(
                        SearchRequest.newBuilder()
                                .setCollection(collection)
                                .setVector(NamedVector.newBuilder().setF32(dense(vector)))
                                .setTopK(1)
                                .setReadMode(ReadMode.newBuilder().setAtLeast(atLeast))
                                .build());
    }

    /** Searches whatever the shards have applied. */
    public SearchResponse search(String collection, float[] vector, int topK, Duration deadline) {
        return points(deadline)
                .search(
                        SearchRequest.newBuilder()
                                .setCollection(collection)
                                .setVector(NamedVector.newBuilder().setF32(dense(vector)))
                                .setTopK(topK)
                                .build());
    }

    private static DenseF32 dense(float[] vector) {
        var dense = DenseF32.newBuilder();
        for (float component : vector) {
            dense.addValues(component);
        }
        return dense.build();
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(5));
        channel.shutdownNow();
    }
}
