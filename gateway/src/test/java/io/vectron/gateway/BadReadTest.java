package io.vectron.gateway;

import static io.vectron.gateway.Cluster.search;

import io.grpc.Status;
import io.vectron.proto.log.v1.NamedVector;
import io.vectron.proto.log.v1.Sparse;
import io.vectron.proto.v1.GetRequest;
import io.vectron.proto.v1.ReadMode;
import io.vectron.proto.v1.SearchRequest;
import io.vectron.proto.v1.WriteToken;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Bad reads: refused by name. */
class BadReadTest extends BadInput {

    @ParameterizedTest(name = "{0}")
    @MethodSource({"searches", "queries", "gets", "tokens"})
    void isRefused(String name, Expected expected, Call call) {
        requireRefused(name, expected, call);
    }

    static Stream<Arguments> searches() {
        return Stream.of(
                query("top_k 0", "INVALID_TOP_K", "top_k", search("films", 1, 0).setTopK(0)),
                query(
                        "top_k too large",
                        "INVALID_TOP_K",
                        "top_k",
                        search("films", 1, 0).setTopK(10_001)),
                query("top_k wraps", "INVALID_TOP_K", "top_k", search("films", 1, 0).setTopK(-1)),
                query("ef", "INVALID_EF", "ef", search("films", 1, 0).setEf(10_001)),
                query("ef wraps", "INVALID_EF", "ef", search("films", 1, 0).setEf(-1)),
                query("no vector", "INVALID_QUERY_VECTOR", "vector", search("films").clearVector()),
                query(
                        "no components",
                        "INVALID_QUERY_VECTOR",
                        "vector",
                        search("films").setVector(NamedVector.getDefaultInstance())));
    }

    static Stream<Arguments> queries() {
        return Stream.of(
                query("dimension", "INVALID_QUERY_VECTOR", "vector.f32", search("films", 1)),
                query(
                        "NaN",
                        "INVALID_QUERY_VECTOR",
                        "vector.f32.values[1]",
                        search("films", 1, Float.NaN)),
                query(
                        "infinity",
                        "INVALID_QUERY_VECTOR",
                        "vector.f32.values[0]",
                        search("euclid", Float.POSITIVE_INFINITY, 1)),
                query("zero", "INVALID_QUERY_VECTOR", "vector.f32", search("films", 0, -0f)),
                query(
                        "unknown vector",
                        "UNKNOWN_VECTOR",
                        "vector.name",
                        search("films")
                                .setVector(Cluster.vector(1, 0).toBuilder().setName("other"))),
                query(
                        "bytes",
                        "INVALID_QUERY_VECTOR",
                        "vector.i8",
                        search("films").setVector(bytes())),
                query(
                        "sparse",
                        "INVALID_QUERY_VECTOR",
                        "vector.sparse",
                        search("films")
                                .setVector(
                                        NamedVector.newBuilder()
                                                .setSparse(Sparse.newBuilder().addIndices(1)))),
                query(
                        "no collection name",
                        "INVALID_COLLECTION_NAME",
                        "collection",
                        search("", 1, 0)),
                row(
                        "search: no such collection",
                        new Expected(Status.Code.NOT_FOUND, "COLLECTION_NOT_FOUND", "collection"),
                        c -> c.points().search(search("none", 1, 0).build())));
    }

    static Stream<Arguments> gets() {
        return Stream.of(
                row("get: no ids", invalid("NO_POINTS", "ids"), c -> read(c)),
                row("get: empty id", invalid("INVALID_ID", "ids[1]"), c -> read(c, "a", "")),
                row(
                        "get: too many",
                        invalid("TOO_MANY_POINTS", "ids"),
                        c -> read(c, Collections.nCopies(1_001, "a").toArray(String[]::new))));
    }

    static Stream<Arguments> tokens() {
        String field = "read_mode.at_least.tokens[0]";
        WriteToken.Builder good = WriteToken.newBuilder().setTopicId("0".repeat(21) + "1");
        return Stream.of(
                token("names no topic", field, WriteToken.newBuilder()),
                token("malformed topic id", field, WriteToken.newBuilder().setTopicId("?")),
                token(
                        "other topic id",
                        field + ".topic_id",
                        WriteToken.newBuilder().setTopicId("x".repeat(22))),
                token(
                        "other topic",
                        field + ".topic",
                        good.clone().setTopic("vectron.films.00000000.2")),
                token("partition", field + ".partition", good.clone().setPartition(2)),
                token("negative partition", field, good.clone().setPartition(-1)),
                token("negative offset", field, good.clone().setOffset(-1)),
                token(
                        "impossible offset",
                        field + ".offset",
                        good.clone().setOffset(Long.MAX_VALUE)),
                token("negative epoch", field, good.clone().setLeaderEpoch(-2)),
                row(
                        "too many tokens",
                        invalid("INVALID_TOKEN", "read_mode.at_least.tokens"),
                        c -> wait(c, Collections.nCopies(1_001, good.build()))));
    }

    private static Arguments query(
            String name, String reason, String field, SearchRequest.Builder request) {
        return row(
                "search: " + name, invalid(reason, field), c -> c.points().search(request.build()));
    }

    private static Arguments token(String name, String field, WriteToken.Builder token) {
        return row(
                "token: " + name,
                invalid("INVALID_TOKEN", field),
                c ->
                        c.points()
                                .search(
                                        search("films", 1, 0)
                                                .setReadMode(PointsTest.atLeast(token.build()))
                                                .build()));
    }

    private static void read(Cluster cluster, String... ids) {
        cluster.points()
                .get(
                        GetRequest.newBuilder()
                                .setCollection("films")
                                .addAllIds(List.of(ids))
                                .build());
    }

    private static void wait(Cluster cluster, List<WriteToken> tokens) {
        ReadMode mode = PointsTest.atLeast(tokens.toArray(WriteToken[]::new));
        cluster.points().search(search("films", 1, 0).setReadMode(mode).build());
    }
}
