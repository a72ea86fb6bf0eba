package io.vectron.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import io.vectron.gateway.RestClient.Answer;
import io.vectron.proto.log.v1.CollectionFacts;
import io.vectron.proto.log.v1.Metric;
import io.vectron.proto.log.v1.VectorSpec;
import io.vectron.proto.v1.AtLeast;
import io.vectron.proto.v1.ClusterServiceGrpc;
import io.vectron.proto.v1.Collection;
import io.vectron.proto.v1.CreateCollectionRequest;
import io.vectron.proto.v1.CreateCollectionResponse;
import io.vectron.proto.v1.DeleteCollectionRequest;
import io.vectron.proto.v1.DeleteCollectionResponse;
import io.vectron.proto.v1.DeleteRequest;
import io.vectron.proto.v1.DeleteResponse;
import io.vectron.proto.v1.DescribeCollectionRequest;
import io.vectron.proto.v1.DescribeCollectionResponse;
import io.vectron.proto.v1.GetClusterStatusRequest;
import io.vectron.proto.v1.GetClusterStatusResponse;
import io.vectron.proto.v1.GetRequest;
import io.vectron.proto.v1.GetResponse;
import io.vectron.proto.v1.ListCollectionsRequest;
import io.vectron.proto.v1.ListCollectionsResponse;
import io.vectron.proto.v1.PointToWrite;
import io.vectron.proto.v1.ReadMode;
import io.vectron.proto.v1.SearchRequest;
import io.vectron.proto.v1.SearchResponse;
import io.vectron.proto.v1.UpsertRequest;
import io.vectron.proto.v1.UpsertResponse;
import io.vectron.proto.v1.WriteResult;
import io.vectron.proto.v1.WriteToken;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * Both protocols give the same answers: every operation is called over both with the same input.
 * What goes over REST is held against the description as well.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RestContractTest extends BothProtocols {

    @Test
    @Order(1)
    void creating() throws Exception {
        CreateCollectionResponse grpc =
                cluster.collections()
                        .createCollection(
                                CreateCollectionRequest.newBuilder()
                                        .setName("over-grpc")
                                        .setShards(3)
                                        .addVectors(
                                                VectorSpec.newBuilder()
                                                        .setDimension(4)
                                                        .setMetric(Metric.METRIC_DOT))
                                        .build());
        String body =
                """
                {"name": "over-rest", "shards": 3, "vectors": [{"dimension": 4, "metric": "dot"}]}
                """;
        Answer answer = call("POST " + ALL, ALL, body);
        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.headers()).containsEntry("Location", ALL + "/over-rest");
        Message made = read(answer, CreateCollectionResponse.newBuilder());
        assertThat(anonymous(((CreateCollectionResponse) made).getCollection()))
                .isEqualTo(anonymous(grpc.getCollection()));
    }

    private static Collection anonymous(Collection collection) {
        CollectionFacts facts =
                collection.getFacts().toBuilder()
                        .clearId()
                        .clearName()
                        .clearTopic()
                        .clearDeadLetterTopic()
                        .clearCreatedAtMs()
                        .build();
        return still(collection).toBuilder().setFacts(facts).clearTopicId().build();
    }

    /** Without what moves between two calls. */
    private static Collection still(Collection collection) {
        Collection.Builder still = collection.toBuilder();
        still.getShardsBuilderList().forEach(shard -> shard.clearLogEnd().clearWorker());
        return still.build();
    }

    @Test
    @Order(2)
    void describingAndListing() throws Exception {
        var one =
                cluster.collections()
                        .describeCollection(
                                DescribeCollectionRequest.newBuilder().setName("films").build());
        Answer described = call("GET " + ONE, ALL + "/films", null);
        assertThat(
                        still(
                                ((DescribeCollectionResponse)
                                                read(
                                                        described,
                                                        DescribeCollectionResponse.newBuilder()))
                                        .getCollection()))
                .isEqualTo(still(one.getCollection()));

        var all =
                cluster.collections().listCollections(ListCollectionsRequest.getDefaultInstance());
        Answer listed = call("GET " + ALL, ALL, null);
        var read = (ListCollectionsResponse) read(listed, ListCollectionsResponse.newBuilder());
        assertThat(read.getCollectionsList().stream().map(RestContractTest::still))
                .isEqualTo(all.getCollectionsList().stream().map(RestContractTest::still).toList());
    }

    @Test
    @Order(3)
    void writingAndDeleting() throws Exception {
        UpsertRequest request =
                Cluster.upsert("films", Cluster.point("x", 1, 0.1f), Cluster.point("y", 7, 8));
        UpsertResponse grpc = cluster.points().upsert(request);
        String base64 = base64(7, 8);
        String body =
                """
                {"points": [
                  {"id": "x", "vector": [1, 0.1]},
                  {"id": "y", "vectors": {"": "%s"}, "payload": null}
                ]}
                """
                        .formatted(base64);
        Answer answer = call("POST " + POINTS, path("films", ""), body);
        var rest = (UpsertResponse) read(answer, UpsertResponse.newBuilder());
        assertThat(shape(rest.getResultsList())).isEqualTo(shape(grpc.getResultsList()));
        List<WriteToken> tokens =
                rest.getResultsList().stream().map(WriteResult::getToken).toList();
        assertThat(answer.headers()).containsEntry("X-Vectron-Token", last(tokens));
        // What was written is the same.
        GetRequest get =
                GetRequest.newBuilder().setCollection("films").addIds("x").addIds("y").build();
        List<?> viaRest =
                cluster.points().get(get).getPointsList().stream()
                        .map(point -> point.getPoint())
                        .toList();
        assertThat(viaRest)
                .isEqualTo(request.getPointsList().stream().map(PointToWrite::getPoint).toList());

        DeleteRequest delete =
                DeleteRequest.newBuilder().setCollection("films").addIds("x").addIds("no").build();
        DeleteResponse gone = cluster.points().delete(delete);
        Answer deleted =
                call(
                        "POST " + POINTS + "/delete",
                        path("films", "/delete"),
                        "{\"ids\":[\"x\",\"no\"]}");
        assertThat(
                        shape(
                                ((DeleteResponse) read(deleted, DeleteResponse.newBuilder()))
                                        .getResultsList()))
                .isEqualTo(shape(gone.getResultsList()));
        Answer one = call("DELETE " + POINTS + "/{id}", path("films", "/y"), null);
        DeleteResponse alone =
                cluster.points()
                        .delete(
                                DeleteRequest.newBuilder()
                                        .setCollection("films")
                                        .addIds("y")
                                        .build());
        assertThat(
                        shape(
                                ((DeleteResponse) read(one, DeleteResponse.newBuilder()))
                                        .getResultsList()))
                .isEqualTo(shape(alone.getResultsList()));
    }

    private static List<WriteResult> shape(List<WriteResult> results) {
        return results.stream()
                .map(result -> {
                    WriteResult.Builder shape = result.toBuilder();
                    shape.getTokenBuilder().clearOffset();
                    return shape.build();
                })
                .toList();
    }

    private static String last(List<WriteToken> tokens) {
        TreeMap<Integer, String> last = new TreeMap<>();
        tokens.forEach(token ->
                last.put(
                        token.getPartition(),
                        io.vectron.common.log.WriteToken.of(token).toString()));
        return String.join(",", last.values());
    }

    @Test
    @Order(4)
    void reading() throws Exception {
        GetRequest request =
                GetRequest.newBuilder()
                        .setCollection("films")
                        .addAllIds(List.of("b/ü ?", "none", "a", "c"))
                        .build();
        GetResponse grpc = cluster.points().get(request);
        String ids = "{\"ids\": [\"b/ü ?\", \"none\", \"a\", \"c\"]%s}";
        Answer answer = call("POST " + POINTS + "/get", path("films", "/get"), ids.formatted(""));
        assertThat(read(answer, GetResponse.newBuilder())).isEqualTo(still(grpc));

        GetResponse bare =
                cluster.points().get(request.toBuilder().setWithoutVectors(true).build());
        Answer without =
                call(
                        "POST " + POINTS + "/get",
                        path("films", "/get"),
                        ids.formatted(", \"without_vectors\": true"));
        assertThat(read(without, GetResponse.newBuilder())).isEqualTo(still(bare));

        GetResponse one =
                cluster.points()
                        .get(
                                GetRequest.newBuilder()
                                        .setCollection("films")
                                        .addIds("b/ü ?")
                                        .build());
        Answer single = call("GET " + POINTS + "/{id}", path("films", "/b%2F%C3%BC%20%3F"), null);
        assertThat(read(single, GetResponse.newBuilder())).isEqualTo(still(one));
    }

    @Test
    @Order(5)
    void searching() throws Exception {
        SearchRequest request =
                Cluster.search("films", 0.1f, 1)
                        .setTopK(2)
                        .setEf(17)
                        .setExact(true)
                        .setWithPayload(true)
                        .setWithVectors(true)
                        .build();
        SearchResponse grpc = cluster.points().search(request);
        for (String vector : List.of("[0.1, 1]", '"' + base64(0.1f, 1) + '"')) {
            Answer answer =
                    call(
                            "POST " + POINTS + "/search",
                            path("films", "/search"),
                            """
                            {"vector": %s, "vector_name": "", "top_k": 2, "ef": 17, "exact": true,
                             "with_payload": true, "with_vectors": true,
                             "read_mode": {"eventual": {}}}
                            """
                                    .formatted(vector));
            assertThat(read(answer, SearchResponse.newBuilder())).isEqualTo(still(grpc));
        }
        assertThat(grpc.getResultsCount()).isEqualTo(2);
    }

    @Test
    @Order(6)
    void waitingForAWrite() throws Exception {
        WriteToken token =
                cluster.points()
                        .upsert(Cluster.upsert("films", Cluster.point("late", 1, 1)))
                        .getResults(0)
                        .getToken();
        ReadMode mode =
                ReadMode.newBuilder().setAtLeast(AtLeast.newBuilder().addTokens(token)).build();
        SearchRequest request = Cluster.search("films", 1, 1).setTopK(1).setReadMode(mode).build();
        SearchResponse grpc = cluster.points().search(request);
        String text = io.vectron.common.log.WriteToken.of(token).toString();
        String tokens = "{\"at_least\": {\"tokens\": [\"" + text + "\"]}}";
        String body = "{\"vector\": [1, 1], \"top_k\": 1%s}";
        String path = path("films", "/search");
        Answer inBody =
                call(
                        "POST " + POINTS + "/search",
                        path,
                        body.formatted(", \"read_mode\": " + tokens));
        Answer inHeader =
                call(
                        "POST " + POINTS + "/search",
                        path,
                        body.formatted(""),
                        "X-Vectron-Token",
                        text);
        assertThat(read(inBody, SearchResponse.newBuilder())).isEqualTo(still(grpc));
        assertThat(read(inHeader, SearchResponse.newBuilder())).isEqualTo(still(grpc));
    }

    @Test
    @Order(7)
    void status() throws Exception {
        GetClusterStatusResponse grpc =
                ClusterServiceGrpc.newBlockingStub(cluster.channel)
                        .getClusterStatus(GetClusterStatusRequest.getDefaultInstance());
        Answer answer = call("GET /v1/status", "/v1/status", null);
        assertThat(read(answer, GetClusterStatusResponse.newBuilder())).isEqualTo(grpc);
        assertThat(grpc.getWorkersList()).hasSize(2).allMatch(worker -> worker.getAnswered());
    }

    @Test
    @Order(8)
    void deletingCollections() throws Exception {
        cluster.create("going-1", 1, Metric.METRIC_DOT);
        cluster.create("going-2", 1, Metric.METRIC_DOT);
        DeleteCollectionResponse grpc =
                cluster.collections()
                        .deleteCollection(
                                DeleteCollectionRequest.newBuilder().setName("going-1").build());
        Answer answer = call("DELETE " + ONE, ALL + "/going-2", null);
        assertThat(read(answer, DeleteCollectionResponse.newBuilder())).isEqualTo(grpc);
        assertThat(answer.body()).isEqualTo("{}");
    }

    @Test
    @Order(10)
    void nothingWasLeftOut() {
        // The dead letters and traces have a test of their own.
        List<String> here =
                api.operations().keySet().stream()
                        .filter(name -> !name.contains("dead-letters") && !name.contains("trace"))
                        .toList();
        assertThat(called).containsAll(here);
    }
}
