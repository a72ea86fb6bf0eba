package io.vectron.gateway;

import io.grpc.Status;
import io.vectron.proto.log.v1.Metric;
import io.vectron.proto.log.v1.VectorSpec;
import io.vectron.proto.log.v1.VectorType;
import io.vectron.proto.v1.CreateCollectionRequest;
import io.vectron.proto.v1.DeleteCollectionRequest;
import io.vectron.proto.v1.DescribeCollectionRequest;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Bad requests about collections: refused by name. */
class BadCollectionTest extends BadInput {

    @ParameterizedTest(name = "{0}")
    @MethodSource({"collections", "states"})
    void isRefused(String name, Expected expected, Call call) {
        requireRefused(name, expected, call);
    }

    static Stream<Arguments> collections() {
        VectorSpec.Builder spec =
                VectorSpec.newBuilder().setDimension(2).setMetric(Metric.METRIC_DOT);
        return Stream.of(
                create("bad name", "INVALID_COLLECTION_NAME", "name", "No", 1, spec.clone()),
                create("empty name", "INVALID_COLLECTION_NAME", "name", "", 1, spec.clone()),
                create(
                        "long name",
                        "INVALID_COLLECTION_NAME",
                        "name",
                        "x".repeat(64),
                        1,
                        spec.clone()),
                create(
                        "no metric",
                        "INVALID_METRIC",
                        "vectors[0].metric",
                        "new",
                        1,
                        spec.clone().clearMetric()),
                create(
                        "dimension 0",
                        "INVALID_DIMENSION",
                        "vectors[0].dimension",
                        "new",
                        1,
                        spec.clone().setDimension(0)),
                create(
                        "dimension too large",
                        "INVALID_DIMENSION",
                        "vectors[0].dimension",
                        "new",
                        1,
                        spec.clone().setDimension(16_385)),
                create("shards", "INVALID_SHARD_COUNT", "shards", "new", 1_025, spec.clone()),
                create(
                        "type",
                        "UNSUPPORTED_VECTOR_SPEC",
                        "vectors[0].type",
                        "new",
                        1,
                        spec.clone().setType(VectorType.VECTOR_TYPE_BITS)));
    }

    static Stream<Arguments> states() {
        VectorSpec.Builder spec =
                VectorSpec.newBuilder().setDimension(2).setMetric(Metric.METRIC_DOT);
        return Stream.of(
                row(
                        "placement: duplicate",
                        new Expected(Status.Code.ALREADY_EXISTS, "COLLECTION_EXISTS", "name"),
                        c -> create(c, "films", 1, spec.clone())),
                row(
                        "placement: delete unknown",
                        new Expected(Status.Code.NOT_FOUND, "COLLECTION_NOT_FOUND", "name"),
                        c ->
                                c.collections()
                                        .deleteCollection(
                                                DeleteCollectionRequest.newBuilder()
                                                        .setName("none")
                                                        .build())),
                row(
                        "delete bad name",
                        invalid("INVALID_COLLECTION_NAME", "name"),
                        c ->
                                c.collections()
                                        .deleteCollection(
                                                DeleteCollectionRequest.getDefaultInstance())),
                row(
                        "describe unknown",
                        new Expected(Status.Code.NOT_FOUND, "COLLECTION_NOT_FOUND", "name"),
                        c ->
                                c.collections()
                                        .describeCollection(
                                                DescribeCollectionRequest.newBuilder()
                                                        .setName("none")
                                                        .build())));
    }

    private static Arguments create(
            String name,
            String reason,
            String field,
            String collection,
            int shards,
            VectorSpec.Builder spec) {
        return row(
                "create: " + name,
                invalid(reason, field),
                c -> create(c, collection, shards, spec));
    }

    private static void create(Cluster cluster, String name, int shards, VectorSpec.Builder spec) {
        cluster.collections()
                .createCollection(
                        CreateCollectionRequest.newBuilder()
                                .setName(name)
                                .setShards(shards)
                                .addVectors(spec)
                                .build());
    }
}
