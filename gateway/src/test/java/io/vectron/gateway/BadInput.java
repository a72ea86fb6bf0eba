package io.vectron.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.vectron.gateway.Cluster.Failure;
import io.vectron.proto.log.v1.CollectionState;
import io.vectron.proto.log.v1.DenseI8;
import io.vectron.proto.log.v1.Metric;
import io.vectron.proto.log.v1.NamedVector;
import io.vectron.proto.v1.DescribeCollectionRequest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.provider.Arguments;

/** What the tables of bad input share: every row is a typed error, and writes nothing. */
@Timeout(60)
@TestInstance(Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init")
abstract class BadInput {

    /** What a request ends with, and the field it blames. */
    record Expected(Status.Code status, String reason, String field) {}

    @FunctionalInterface
    interface Call {
        void on(Cluster cluster);
    }

    Cluster cluster;

    @BeforeAll
    void start() throws Exception {
        cluster = new Cluster();
        cluster.create("films", 2, Metric.METRIC_COSINE);
        cluster.create("euclid", 1, Metric.METRIC_EUCLIDEAN);
        cluster.create("going", 1, Metric.METRIC_COSINE);
        cluster.create("coming", 1, Metric.METRIC_COSINE);
        cluster.placement.state("going", CollectionState.COLLECTION_STATE_DELETING);
        cluster.placement.state("coming", CollectionState.COLLECTION_STATE_CREATING);
        Cluster.await(
                "the states are known",
                () -> state("coming") == CollectionState.COLLECTION_STATE_CREATING);
    }

    @AfterAll
    void stop() {
        cluster.close();
    }

    final void requireRefused(String name, Expected expected, Call call) {
        int records = cluster.log.size();
        int commands = cluster.placement.commands();

        Failure failure = Failure.of(() -> call.on(cluster));

        assertThat(new Expected(failure.status(), failure.reason(), failure.field()))
                .as(name)
                .isEqualTo(expected);
        assertThat(failure.metadata()).containsKey("blame");
        assertThat(cluster.log.size()).as("nothing was written").isEqualTo(records);
        if (!name.startsWith("placement:")) {
            assertThat(cluster.placement.commands()).isEqualTo(commands);
        }
    }

    static Arguments row(String name, Expected expected, Call call) {
        return arguments(name, expected, call);
    }

    static Expected invalid(String reason, String field) {
        return new Expected(Status.Code.INVALID_ARGUMENT, reason, field);
    }

    static Expected notReady() {
        return new Expected(Status.Code.UNAVAILABLE, "COLLECTION_NOT_READY", "collection");
    }

    private CollectionState state(String name) {
        return cluster.collections()
                .describeCollection(DescribeCollectionRequest.newBuilder().setName(name).build())
                .getCollection()
                .getState();
    }

    static NamedVector bytes() {
        return NamedVector.newBuilder()
                .setI8(DenseI8.newBuilder().setValues(ByteString.copyFrom(new byte[] {1, 2})))
                .build();
    }
}
