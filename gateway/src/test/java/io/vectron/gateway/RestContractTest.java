package io.vectron.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.vectron.common.log.Headers;
import io.vectron.gateway.RestClient.Answer;
import io.vectron.gateway.log.LogHeader;
import io.vectron.gateway.write.LogAppend;
import io.vectron.proto.log.v1.Metric;
import io.vectron.proto.log.v1.Point;
import io.vectron.proto.log.v1.VectorSpec;
import io.vectron.proto.v1.AtLeast;
import io.vectron.proto.v1.ClusterServiceGrpc;
import io.vectron.proto.v1.CreateCollectionRequest;
import io.vectron.proto.v1.CreateCollectionResponse;
import io.vectron.proto.v1.DeadLetterFilter;
import io.vectron.proto.v1.DeadLetterIds;
import io.vectron.proto.v1.DeadLetterSelection;
import io.vectron.proto.v1.DeadLetterServiceGrpc;
import io.vectron.proto.v1.DeleteCollectionRequest;
import io.vectron.proto.v1.DeleteCollectionResponse;
import io.vectron.proto.v1.DeleteRequest;
import io.vectron.proto.v1.DeleteResponse;
import io.vectron.proto.v1.DescribeCollectionRequest;
import io.vectron.proto.v1.DescribeCollectionResponse;
import io.vectron.proto.v1.DropDeadLettersRequest;
import io.vectron.proto.v1.DropDeadLettersResponse;
import io.vectron.proto.v1.GetClusterStatusRequest;
import io.vectron.proto.v1.GetClusterStatusResponse;
import io.vectron.proto.v1.GetCollectionIndexRequest;
import io.vectron.proto.v1.GetCollectionIndexResponse;
import io.vectron.proto.v1.GetDeadLetterRequest;
import io.vectron.proto.v1.GetDeadLetterResponse;
import io.vectron.proto.v1.GetRequest;
import io.vectron.proto.v1.GetResponse;
import io.vectron.proto.v1.ListCollectionsRequest;
import io.vectron.proto.v1.ListCollectionsResponse;
import io.vectron.proto.v1.ListDeadLettersRequest;
import io.vectron.proto.v1.ListDeadLettersResponse;
import io.vectron.proto.v1.PointToWrite;
import io.vectron.proto.v1.ReadMode;
import io.vectron.proto.v1.RebuildCollectionRequest;
import io.vectron.proto.v1.RebuildCollectionResponse;
import io.vectron.proto.v1.RebuildOutcome;
import io.vectron.proto.v1.ReplicaIndex;
import io.vectron.proto.v1.RetryDeadLettersRequest;
import io.vectron.proto.v1.RetryDeadLettersResponse;
import io.vectron.proto.v1.SearchRequest;
import io.vectron.proto.v1.SearchResponse;
import io.vectron.proto.v1.Stage;
import io.vectron.proto.v1.TracePointRequest;
import io.vectron.proto.v1.TracePointResponse;
import io.vectron.proto.v1.TraceServiceGrpc;
import io.vectron.proto.v1.TraceWriteRequest;
import io.vectron.proto.v1.TraceWriteResponse;
import io.vectron.proto.v1.UpsertRequest;
import io.vectron.proto.v1.UpsertResponse;
import io.vectron.proto.v1.WriteResult;
import io.vectron.proto.v1.WriteToken;
import java.net.URLEncoder;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
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

    private static final String LETTERS = ONE + "/dead-letters";

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
    @Order(4)
    void tellingOfTheIndex() throws Exception {
        var request = GetCollectionIndexRequest.newBuilder().setName("films").setSample(3);
        var grpc = cluster.collections().getCollectionIndex(request.build());
        assertThat(grpc.getReplicasList()).isNotEmpty().allMatch(ReplicaIndex::getAnswered);
        Answer answer = call("GET " + ONE + "/index", ALL + "/films/index?sample=3", null);
        assertThat(read(answer, GetCollectionIndexResponse.newBuilder())).isEqualTo(grpc);
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
    void deadLetters() throws Exception {
        var letters =
                DeadLetterServiceGrpc.newBlockingStub(cluster.channel)
                        .withDeadlineAfter(20, TimeUnit.SECONDS);
        for (int i = 0; i < 4; i++) {
            refuse("refused-" + i, i);
        }
        var list =
                ListDeadLettersRequest.newBuilder()
                        .setCollection("films")
                        .setPageSize(3)
                        .setFilter(DeadLetterFilter.newBuilder().addRules("vector_zero"))
                        .build();
        String path = ALL + "/films/dead-letters";
        Answer listed = call("GET " + LETTERS, path + "?rules=vector_zero&page_size=3", null);
        assertThat(read(listed, ListDeadLettersResponse.newBuilder()))
                .isEqualTo(letters.listDeadLetters(list));
        assertThat(listed.json().get("letters")).hasSize(3);

        var get = GetDeadLetterRequest.newBuilder().setCollection("films").setId("0-0").build();
        Answer shown = call("GET " + LETTERS + "/{id}", path + "/0-0", null);
        assertThat(read(shown, GetDeadLetterResponse.newBuilder()))
                .isEqualTo(letters.getDeadLetter(get));

        RetryDeadLettersRequest look =
                RetryDeadLettersRequest.newBuilder()
                        .setCollection("films")
                        .setLetters(ids("0-0", "0-1"))
                        .setDryRun(true)
                        .build();
        String both = "{\"letters\": {\"ids\": {\"ids\": [\"%s\", \"%s\"]}}%s}";
        Answer looked =
                call(
                        "POST " + LETTERS + "/retry",
                        path + "/retry",
                        both.formatted("0-0", "0-1", ", \"dry_run\": true"));
        assertThat(read(looked, RetryDeadLettersResponse.newBuilder()))
                .isEqualTo(letters.retryDeadLetters(look));

        var drop =
                DropDeadLettersRequest.newBuilder()
                        .setCollection("films")
                        .setLetters(ids("0-0", "0-1"))
                        .build();
        Answer dropped =
                call("POST " + LETTERS + "/drop", path + "/drop", both.formatted("0-2", "0-3", ""));
        assertThat(letters.dropDeadLetters(drop).getIdsList()).containsExactly("0-0", "0-1");
        assertThat(
                        ((DropDeadLettersResponse)
                                        read(dropped, DropDeadLettersResponse.newBuilder()))
                                .getIdsList())
                .containsExactly("0-2", "0-3");
    }

    private static DeadLetterSelection ids(String... ids) {
        return DeadLetterSelection.newBuilder()
                .setIds(DeadLetterIds.newBuilder().addAllIds(List.of(ids)))
                .build();
    }

    private void refuse(String id, int offset) {
        String dlq = cluster.placement.record("films").getFacts().getTopic() + ".dlq";
        if (offset == 0) {
            cluster.log.createTopic(dlq, 1);
        }
        List<LogHeader> headers =
                List.of(
                        LogHeader.of("mine", "kept"),
                        LogHeader.of(Headers.RULE, "vector_zero"),
                        LogHeader.of(Headers.REASON, "because"),
                        LogHeader.of(Headers.SOURCE_PARTITION, "0"),
                        LogHeader.of(Headers.SOURCE_OFFSET, Integer.toString(offset)));
        ByteString value =
                Point.newBuilder().addVectors(Cluster.vector(1, 2)).build().toByteString();
        long letter =
                cluster.log.produce(
                        new LogAppend(dlq, 0, ByteString.copyFromUtf8(id), value, headers));
        assertThat(letter).isEqualTo(offset);
    }

    @Test
    @Order(9)
    void traces() throws Exception {
        var traces =
                TraceServiceGrpc.newBlockingStub(cluster.channel)
                        .withDeadlineAfter(20, TimeUnit.SECONDS);
        WriteToken token =
                cluster.points()
                        .upsert(Cluster.upsert("films", Cluster.point("traced", 1, 1)))
                        .getResults(0)
                        .getToken();
        TraceWriteResponse write =
                traces.traceWrite(
                        TraceWriteRequest.newBuilder()
                                .setCollection("films")
                                .setToken(token)
                                .build());
        String text = io.vectron.common.log.WriteToken.of(token).toString();
        String path = ALL + "/films/trace";
        Answer traced =
                call(
                        "GET " + ONE + "/trace",
                        path + "?token=" + URLEncoder.encode(text, UTF_8),
                        null);
        assertThat(unmoved((TraceWriteResponse) read(traced, TraceWriteResponse.newBuilder())))
                .isEqualTo(unmoved(write));

        TracePointResponse point =
                traces.tracePoint(
                        TracePointRequest.newBuilder()
                                .setCollection("films")
                                .setId("traced")
                                .setLimit(5)
                                .build());
        Answer followed =
                call("GET " + ONE + "/trace/points/{id}", path + "/points/traced?limit=5", null);
        assertThat(unmoved((TracePointResponse) read(followed, TracePointResponse.newBuilder())))
                .isEqualTo(unmoved(point));
        assertThat(point.getRecordsList()).hasSize(1);
    }

    /** Without the moment at which it was asked for, which stands for times no stage remembers. */
    private static TraceWriteResponse unmoved(TraceWriteResponse trace) {
        TraceWriteResponse.Builder still = trace.toBuilder();
        still.getStagesBuilderList().stream()
                .filter(Stage.Builder::getBefore)
                .forEach(Stage.Builder::clearAt);
        return still.build();
    }

    private static TracePointResponse unmoved(TracePointResponse trace) {
        TracePointResponse.Builder still = trace.toBuilder();
        still.getFreshnessBuilder().clearFreshAsOf();
        return still.build();
    }

    @Test
    @Order(10)
    void rebuilding() throws Exception {
        RebuildCollectionResponse grpc =
                cluster.collections()
                        .rebuildCollection(
                                RebuildCollectionRequest.newBuilder()
                                        .setName("films")
                                        .addShards(1)
                                        .build());
        String path = ALL + "/films/rebuild";
        Answer answer = call("POST " + ONE + "/rebuild", path, "{\"shards\": [1]}");
        assertThat(read(answer, RebuildCollectionResponse.newBuilder())).isEqualTo(grpc);
        assertThat(grpc.getShards(0).getOutcome())
                .isEqualTo(RebuildOutcome.REBUILD_OUTCOME_NOT_NEEDED);
    }

    @Test
    @Order(10)
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
    @Order(11)
    void everyOperationWasCalled() {
        assertThat(called).containsExactlyInAnyOrderElementsOf(api.operations().keySet());
    }
}
