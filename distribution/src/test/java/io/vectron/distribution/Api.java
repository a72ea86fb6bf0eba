package io.vectron.distribution;

import com.fasterxml.jackson.databind.JsonNode;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.vectron.proto.log.v1.DenseF32;
import io.vectron.proto.log.v1.Metric;
import io.vectron.proto.log.v1.NamedVector;
import io.vectron.proto.log.v1.VectorSpec;
import io.vectron.proto.v1.AtLeast;
import io.vectron.proto.v1.CollectionServiceGrpc;
import io.vectron.proto.v1.CreateCollectionRequest;
import io.vectron.proto.v1.DescribeCollectionRequest;
import io.vectron.proto.v1.PointServiceGrpc;
import io.vectron.proto.v1.ReadMode;
import io.vectron.proto.v1.ScoredPoint;
import io.vectron.proto.v1.SearchRequest;
import io.vectron.proto.v1.WriteToken;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.StringSerializer;

/** What a user holds: a plain producer, and the gateway's gRPC. */
final class Api implements AutoCloseable {
    private static final Duration VISIBLE = Duration.ofSeconds(60);
    private static final String COLLECTION = "compass";

    private final KafkaProducer<String, String> producer;
    private final ManagedChannel gateway;

    Api(JsonNode ready) {
        JsonNode addresses = ready.path("addresses");
        producer =
                new KafkaProducer<>(
                        Map.of("bootstrap.servers", addresses.path("kafka").asText()),
                        new StringSerializer(),
                        new StringSerializer());
        gateway =
                Grpc.newChannelBuilder(
                                addresses.path("gateway").asText(),
                                InsecureChannelCredentials.create())
                        .build();
    }

    String create() {
        var collections =
                CollectionServiceGrpc.newBlockingStub(gateway)
                        .withDeadlineAfter(60, TimeUnit.SECONDS);
        var vector = VectorSpec.newBuilder().setDimension(2).setMetric(Metric.METRIC_COSINE);
        collections.createCollection(
                CreateCollectionRequest.newBuilder()
                        .setName(COLLECTION)
                        .addVectors(vector)
                        .build());
        var described =
                collections.describeCollection(
                        DescribeCollectionRequest.newBuilder().setName(COLLECTION).build());
        return described.getCollection().getFacts().getTopic();
    }

    RecordMetadata produce(String topic, String id, String vector) throws Exception {
        String point = "{\"vector\":" + vector + "}";
        return producer.send(new ProducerRecord<>(topic, id, point)).get();
    }

    /** Ids, nearest first, of a state that holds the record. */
    List<String> search(String vector, RecordMetadata atLeast) {
        DenseF32.Builder dense = DenseF32.newBuilder();
        for (String component : vector.replaceAll("[\\[\\] ]", "").split(",", -1)) {
            dense.addValues(Float.parseFloat(component));
        }
        WriteToken token =
                WriteToken.newBuilder()
                        .setTopic(atLeast.topic())
                        .setPartition(atLeast.partition())
                        .setOffset(atLeast.offset())
                        .build();
        var request =
                SearchRequest.newBuilder()
                        .setCollection(COLLECTION)
                        .setVector(NamedVector.newBuilder().setF32(dense))
                        .setTopK(10)
                        .setReadMode(
                                ReadMode.newBuilder()
                                        .setAtLeast(AtLeast.newBuilder().addTokens(token)));
        return PointServiceGrpc.newBlockingStub(gateway)
                .withDeadlineAfter(VISIBLE.toMillis(), TimeUnit.MILLISECONDS)
                .search(request.build())
                .getResultsList()
                .stream()
                .map(ScoredPoint::getId)
                .toList();
    }

    @Override
    public void close() {
        producer.close(Duration.ZERO);
        gateway.shutdownNow();
    }
}
