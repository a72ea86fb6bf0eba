package io.vectron.worker;

import static io.vectron.worker.shard.Entries.EPOCH;
import static io.vectron.worker.shard.Entries.GROUP;
import static io.vectron.worker.shard.Entries.batch;
import static io.vectron.worker.shard.Entries.delete;
import static io.vectron.worker.shard.Entries.point;
import static io.vectron.worker.shard.Entries.upsert;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.vectron.common.error.ErrorCode;
import io.vectron.common.error.GrpcErrors;
import io.vectron.common.error.VectronException;
import io.vectron.proto.log.v1.ApplyBatch;
import io.vectron.proto.log.v1.LogRecord;
import io.vectron.proto.log.v1.Point;
import io.vectron.proto.v1.IndexReport;
import io.vectron.proto.v1.IndexSegment;
import io.vectron.proto.v1.SegmentKind;
import io.vectron.proto.worker.v1.ApplyBatchResponse;
import io.vectron.proto.worker.v1.DigestRequest;
import io.vectron.proto.worker.v1.FoundPoint;
import io.vectron.proto.worker.v1.GetRequest;
import io.vectron.proto.worker.v1.Hit;
import io.vectron.proto.worker.v1.ReportIndexRequest;
import io.vectron.proto.worker.v1.ReportIndexResponse;
import io.vectron.proto.worker.v1.SearchRequest;
import io.vectron.proto.worker.v1.SearchResponse;
import io.vectron.proto.worker.v1.ShardGet;
import io.vectron.proto.worker.v1.ShardHits;
import io.vectron.proto.worker.v1.ShardPoints;
import io.vectron.proto.worker.v1.ShardRead;
import io.vectron.proto.worker.v1.WorkerServiceGrpc;
import io.vectron.proto.worker.v1.WorkerServiceGrpc.WorkerServiceBlockingStub;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadApiTest {
    @TempDir Path folder;
    private WorkerHarness worker;

    @BeforeEach
    void start() throws IOException {
        worker = new WorkerHarness(folder);
        worker.addReplica();
    }

    @AfterEach
    void stop() {
        worker.close();
    }

    private ShardHits search(SearchRequest.Builder request) {
        return worker.stub().search(request.build()).getShards(0);
    }

    private static GetRequest.Builder get(long minPosition, String... ids) {
        return GetRequest.newBuilder()
                .addShards(
                        ShardGet.newBuilder()
                                .setShard(
                                        ShardRead.newBuilder()
                                                .setGroup(GROUP.toString())
                                                .setMinPosition(minPosition))
                                .addAllIds(List.of(ids)));
    }

    @Test
    void anAnswerNamesItsState() {
        worker.apply(batch(0, 7, upsert(3, "a", 3, 4)));
        ShardHits hits = search(WorkerHarness.search(5, 0, 0));
        assertThat(hits.getState().getPosition()).isEqualTo(7);
        assertThat(hits.getState().getEpoch()).isEqualTo(EPOCH);
        assertThat(hits.getState().getGeneration()).isEqualTo(1);
        assertThat(hits.getState().getTopicId()).isEqualTo("dG9waWMtb25l");
        Hit hit = hits.getHits(0);
        assertThat(hit.getDistance()).isEqualTo(5f);
        assertThat(hit.getScore()).isEqualTo(1f / 6);
        assertThat(hit.getVersion()).isEqualTo(3);
        assertThat(hit.hasPoint()).isFalse();
    }

    @Test
    void vectorsAndPayloadAreReturnedAsAskedFor() {
        Point whole = point("text", 1, 2);
        worker.apply(batch(0, 1, upsert(0, "a", whole)));
        assertThat(
                        search(
                                        WorkerHarness.search(1, 1, 2)
                                                .setWithPayload(true)
                                                .setWithVectors(true))
                                .getHits(0)
                                .getPoint())
                .isEqualTo(whole);
        assertThat(search(WorkerHarness.search(1, 1, 2).setWithVectors(true)).getHits(0).getPoint())
                .isEqualTo(whole.toBuilder().clearPayload().build());
        assertThat(search(WorkerHarness.search(1, 1, 2).setWithPayload(true)).getHits(0).getPoint())
                .isEqualTo(whole.toBuilder().clearVectors().build());
        GetRequest bare = get(0, "a").setWithoutVectors(true).build();
        assertThat(worker.stub().get(bare).getShards(0).getPoints(0).getPoint())
                .isEqualTo(whole.toBuilder().clearVectors().build());
    }

    @Test
    void idsAreReadInTheOrderAskedForAndMissingOnesLeftOut() {
        worker.apply(batch(0, 3, upsert(0, "a", 1, 1), upsert(1, "b", 1, 1), delete(2, "a")));
        worker.apply(batch(3, 4, upsert(3, "c", 1, 1)));
        ShardPoints points =
                worker.stub().get(get(0, "c", "a", "nobody", "b").build()).getShards(0);
        assertThat(points.getState().getPosition()).isEqualTo(4);
        assertThat(points.getPointsList()).extracting(FoundPoint::getId).containsExactly("c", "b");
        assertThat(points.getPointsList())
                .extracting(FoundPoint::getVersion)
                .containsExactly(3L, 1L);
    }

    @Test
    void anIndexTellsWhatItIsMadeOf() {
        worker.apply(batch(0, 2, upsert(0, "a", 1, 1), upsert(1, "b", 2, 1)));
        worker.apply(batch(2, 3, delete(2, "a")));
        IndexReport report = report(1_000).getReport();
        assertThat(report.getPosition()).isEqualTo(3);
        assertThat(report.getSegmentsCount()).isOne();
        IndexSegment hot = report.getSegments(0);
        assertThat(hot.getKind()).isEqualTo(SegmentKind.SEGMENT_KIND_HOT);
        assertThat(hot.hasLayout()).isFalse();
        assertThat(hot.getRows()).isEqualTo(2);
        assertThat(hot.getDeadRows()).isOne();
        assertThat(report.getProblem()).isEmpty();
        assertThat(report.getSampledRows()).isEqualTo(2);
        assertThat(report.getRecall()).isEqualTo(1);
        assertThat(report(0).getReport().hasRecall()).isFalse();

        ReportIndexRequest elsewhere =
                ReportIndexRequest.newBuilder().setGroup(new UUID(9, 9).toString()).build();
        assertThat(worker.stub().reportIndex(elsewhere).hasUnknownShard()).isTrue();
        assertThatThrownBy(() -> report(1_001)).hasMessageContaining("sample");
    }

    private ReportIndexResponse report(int sample) {
        return worker.stub()
                .reportIndex(
                        ReportIndexRequest.newBuilder()
                                .setGroup(GROUP.toString())
                                .setSample(sample)
                                .build());
    }

    @Test
    void everyShardIsAnsweredInOrder() {
        worker.apply(batch(0, 1, upsert(0, "a", 1, 1)));
        ShardRead unknown = ShardRead.newBuilder().setGroup(UUID.randomUUID().toString()).build();
        SearchResponse response =
                worker.stub().search(WorkerHarness.search(1, 1, 1).addShards(0, unknown).build());
        assertThat(response.getShards(0).hasUnknownShard()).isTrue();
        assertThat(response.getShards(1).getHitsCount()).isOne();
    }

    @Test
    void aQueryThatDoesNotFitIsInvalid() {
        assertThat(search(WorkerHarness.search(1, 1, 2, 3)).hasInvalid()).isTrue();
        assertThat(search(WorkerHarness.search(1, Float.NaN, 2)).hasInvalid()).isTrue();
        assertCode(ErrorCode.INVALID_TOP_K, () -> search(WorkerHarness.search(0, 1, 1)));
        assertCode(ErrorCode.INVALID_TOP_K, () -> search(WorkerHarness.search(10_001, 1, 1)));
        assertCode(ErrorCode.INVALID_EF, () -> search(WorkerHarness.search(1, 1, 1).setEf(-1)));
        assertCode(ErrorCode.INVALID_QUERY_VECTOR, () -> search(WorkerHarness.search(1)));
        assertCode(
                ErrorCode.INVALID_REQUEST,
                () -> search(WorkerHarness.search(1, 1, 1).clearShards()));
        assertCode(
                ErrorCode.TOO_MANY_POINTS,
                () -> worker.stub().get(get(0, "x ".repeat(1_001).split(" ", -1)).build()));
    }

    @Test
    void anAnswerThatWouldNotFitIsRefused() {
        long position = 0;
        for (int batch = 0; batch < 20; batch++) {
            List<LogRecord> records = new ArrayList<>();
            for (int i = 0; i < 15; i++) {
                long offset = position + i;
                records.add(
                        upsert(
                                offset,
                                "id" + offset,
                                point("x".repeat(60_000), 1, (float) offset)));
            }
            worker.apply(batch(position, position + 15, records.toArray(LogRecord[]::new)));
            position += 15;
        }
        assertCode(
                ErrorCode.REQUEST_TOO_LARGE,
                () -> search(WorkerHarness.search(300, 1, 1).setWithPayload(true)));
        assertThat(search(WorkerHarness.search(200, 1, 1).setWithPayload(true)).getHitsCount())
                .isEqualTo(200);
    }

    @Test
    void aReadWaitsForThePositionItAsksFor() throws Exception {
        ListenableFuture<SearchResponse> waiting =
                WorkerServiceGrpc.newFutureStub(worker.channel())
                        .withDeadlineAfter(20, TimeUnit.SECONDS)
                        .search(atLeast(2));
        worker.apply(batch(0, 1, upsert(0, "a", 1, 1)));
        assertThat(waiting.isDone()).isFalse();
        worker.apply(batch(1, 2, upsert(1, "b", 1, 1)));
        ShardHits hits = waiting.get(20, TimeUnit.SECONDS).getShards(0);
        assertThat(hits.getState().getPosition()).isEqualTo(2);
        assertThat(hits.getHitsCount()).isEqualTo(2);
    }

    private static SearchRequest atLeast(long position) {
        SearchRequest.Builder search = WorkerHarness.search(10, 1, 1);
        search.getShardsBuilder(0).setMinPosition(position);
        return search.build();
    }

    @Test
    void aReadThatWaitsInVainLearnsWhereTheShardIsBeforeItsDeadline() {
        worker.apply(batch(0, 3));
        ShardHits hits = inTime(stub -> stub.search(atLeast(4)).getShards(0));
        assertThat(hits.getNotFresh().getPosition()).isEqualTo(3);
        ShardPoints points = inTime(stub -> stub.get(get(4, "a").build()).getShards(0));
        assertThat(points.getNotFresh().getPosition()).isEqualTo(3);
    }

    /** The answer has a tenth of a second to arrive: a machine that pauses is asked again. */
    private <T> T inTime(Function<WorkerServiceBlockingStub, T> call) {
        for (int tries = 1; ; tries++) {
            try {
                return call.apply(worker.stub().withDeadlineAfter(1, TimeUnit.SECONDS));
            } catch (StatusRuntimeException e) {
                assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
                assertThat(tries).as("tries").isLessThan(10);
            }
        }
    }

    @Test
    void theDigestIsTheSameHoweverItIsMade() {
        worker.apply(batch(0, 3, upsert(0, "a", 1, 1), upsert(1, "b", 2, 2), delete(2, "a")));
        DigestRequest maintained = DigestRequest.newBuilder().setGroup(GROUP.toString()).build();
        var told = worker.stub().digest(maintained);
        var computed = worker.stub().digest(maintained.toBuilder().setRecompute(true).build());
        assertThat(computed).isEqualTo(told);
        assertThat(told.getRows()).isEqualTo(1);
        assertThat(told.getApplied().getPosition()).isEqualTo(3);
        assertThat(told.getBuckets().size()).isEqualTo(4096);
        assertThat(told.getDigest()).hasSize(32);
    }

    @Test
    void healthSaysServing() {
        assertThat(
                        HealthGrpc.newBlockingStub(worker.channel())
                                .check(HealthCheckRequest.getDefaultInstance())
                                .getStatus())
                .isEqualTo(ServingStatus.SERVING);
    }

    /**
     * A writer moves every id again and again; each answer must be one of the states that the log
     * went through: the very version of each id at the position named, and the payload of it.
     */
    @Test
    void answersBesideAWriterAreExactlyTheStateTheyName() throws Exception {
        int ids = 40;
        int rounds = 150;
        CompletableFuture<Void> writer =
                CompletableFuture.runAsync(
                        () -> {
                            for (int round = 0; round < rounds; round++) {
                                round(round, ids);
                            }
                        },
                        task -> Thread.ofPlatform().name("writer").start(task));
        int answers = 0;
        int moving = 0;
        long before = 0;
        while (!writer.isDone()) {
            ShardHits hits = search(WorkerHarness.search(1_000, 0, 0).setWithPayload(true));
            long position = hits.getState().getPosition();
            Map<String, String> found = new HashMap<>();
            for (Hit hit : hits.getHitsList()) {
                String text = text(hit.getPoint());
                assertThat(text).isEqualTo("v" + hit.getVersion());
                found.put(hit.getId(), text);
            }
            assertThat(found).isEqualTo(stateAt(position, ids));
            ShardPoints points =
                    worker.stub().get(get(0, "id0", "id1", "id" + (ids - 1)).build()).getShards(0);
            Map<String, String> expected = stateAt(points.getState().getPosition(), ids);
            for (FoundPoint point : points.getPointsList()) {
                assertThat(text(point.getPoint())).isEqualTo(expected.get(point.getId()));
            }
            assertThat(position).isGreaterThanOrEqualTo(before);
            moving += position > before ? 1 : 0;
            before = position;
            answers++;
        }
        writer.get(20, TimeUnit.SECONDS); // what it found wrong is told here
        assertThat(answers).isGreaterThan(10);
        assertThat(moving).as("answers at different positions").isGreaterThan(5);
    }

    private static String text(Point point) {
        return point.getPayload().getFields(0).getValue().getStringValue();
    }

    /** Moves every id but one, which it deletes. */
    private void round(int round, int ids) {
        long from = (long) round * ids;
        List<LogRecord> records = new ArrayList<>();
        for (int i = 0; i < ids; i++) {
            long offset = from + i;
            records.add(
                    i == round % ids
                            ? delete(offset, "id" + i)
                            : upsert(offset, "id" + i, point("v" + offset, i, round)));
        }
        ApplyBatch batch = batch(from, from + ids, records.toArray(LogRecord[]::new));
        ApplyBatchResponse response = worker.apply(batch);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(40);
        while (response.hasOverloaded() && System.nanoTime() < end) { // graphs are slower
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
            response = worker.apply(batch);
        }
        assertThat(response.hasApplied()).as("%s", response).isTrue();
    }

    private static Map<String, String> stateAt(long position, int ids) {
        Map<String, String> state = new HashMap<>();
        for (long offset = 0; offset < position; offset++) {
            long round = offset / ids;
            long i = offset % ids;
            if (i == round % ids) {
                state.remove("id" + i);
            } else {
                state.put("id" + i, "v" + offset);
            }
        }
        return state;
    }

    private static void assertCode(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .extracting(GrpcErrors::decode, type(VectronException.class))
                .extracting(VectronException::code)
                .isEqualTo(code);
    }
}
