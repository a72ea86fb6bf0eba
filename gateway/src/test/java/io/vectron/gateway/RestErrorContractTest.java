package io.vectron.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectron.common.error.ErrorCode;
import io.vectron.gateway.Cluster.Failure;
import io.vectron.gateway.RestClient.Answer;
import io.vectron.proto.log.v1.Metric;
import io.vectron.proto.v1.DeleteRequest;
import io.vectron.proto.v1.GetRequest;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Both protocols refuse alike. */
class RestErrorContractTest extends BothProtocols {

    @Test
    void ofPoints() throws Exception {
        String search = "{\"vector\": %s, \"top_k\": %s%s}";
        same(
                Failure.of(() -> cluster.points().search(Cluster.search("films", 1).build())),
                "vector",
                call(
                        "POST " + POINTS + "/search",
                        path("films", "/search"),
                        search.formatted("[1]", "10", "")));
        same(
                Failure.of(() ->
                        cluster.points().search(Cluster.search("films", 1, 1).setTopK(0).build())),
                "top_k",
                call(
                        "POST " + POINTS + "/search",
                        path("films", "/search"),
                        search.formatted("[1, 1]", "0", "")));
        same(
                Failure.of(() -> cluster.points().search(Cluster.search("nope", 1, 1).build())),
                "collection",
                call(
                        "POST " + POINTS + "/search",
                        path("nope", "/search"),
                        search.formatted("[1, 1]", "10", "")));
        same(
                Failure.of(() ->
                        cluster.points()
                                .upsert(
                                        Cluster.upsert(
                                                "films",
                                                Cluster.point("ok", 1, 1),
                                                Cluster.point("bad", 1)))),
                "points[1].vector",
                call(
                        "POST " + POINTS,
                        path("films", ""),
                        """
                        {"points": [{"id": "ok", "vector": [1, 1]}, {"id": "bad", "vector": [1]}]}
                        """));
    }

    @Test
    void ofIdsAndCollections() throws Exception {
        same(
                Failure.of(() ->
                        cluster.points()
                                .get(GetRequest.newBuilder().setCollection("films").build())),
                "ids",
                call("POST " + POINTS + "/get", path("films", "/get"), "{\"ids\": []}"));
        same(
                Failure.of(() -> cluster.create("films", 1, Metric.METRIC_DOT)),
                "name",
                call(
                        "POST " + ALL,
                        ALL,
                        """
                        {"name": "films", "vectors": [{"dimension": 2, "metric": "dot"}]}
                        """));
        String many =
                IntStream.rangeClosed(0, 1_000)
                        .mapToObj(i -> "\"" + i + "\"")
                        .collect(Collectors.joining(",", "{\"ids\": [", "]}"));
        DeleteRequest tooMany =
                DeleteRequest.newBuilder()
                        .setCollection("films")
                        .addAllIds(IntStream.rangeClosed(0, 1_000).mapToObj(i -> "" + i).toList())
                        .build();
        Answer refused = call("POST " + POINTS + "/delete", path("films", "/delete"), many);
        assertThat(refused.error().get("code").asString())
                .isEqualTo(Failure.of(() -> cluster.points().delete(tooMany)).reason());
    }

    private void same(Failure grpc, String field, Answer rest) {
        assertThat(rest.error().get("code").asString()).isEqualTo(grpc.reason());
        assertThat(rest.error().at("/field").asString("")).isEqualTo(field);
        assertThat(rest.error().get("blame").asString()).isEqualTo(grpc.metadata().get("blame"));
        assertThat(rest.error().get("message").asString()).isNotEmpty();
        assertThat(rest.error().get("request_id").asString())
                .isEqualTo(rest.headers().get("X-Request-Id"));
        rest.error()
                .get("metadata")
                .properties()
                .forEach(one ->
                        assertThat(grpc.metadata())
                                .containsEntry(one.getKey(), one.getValue().asString()));
        assertThat(ErrorCode.valueOf(grpc.reason()).status()).isEqualTo(grpc.status());
    }
}
