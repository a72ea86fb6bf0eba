package io.vectron.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.vectron.common.log.Headers;
import io.vectron.gateway.Cluster.Failure;
import io.vectron.gateway.fresh.LogPartition;
import io.vectron.gateway.log.LogHeader;
import io.vectron.gateway.write.LogAppend;
import io.vectron.proto.log.v1.Metric;
import io.vectron.proto.log.v1.Point;
import io.vectron.proto.v1.RecordKind;
import io.vectron.proto.v1.Stage;
import io.vectron.proto.v1.StageName;
import io.vectron.proto.v1.TracePointRequest;
import io.vectron.proto.v1.TracePointResponse;
import io.vectron.proto.v1.TraceServiceGrpc;
import io.vectron.proto.v1.TraceServiceGrpc.TraceServiceBlockingStub;
import io.vectron.proto.v1.TraceWriteRequest;
import io.vectron.proto.v1.TraceWriteResponse;
import io.vectron.proto.v1.WriteToken;
import io.vectron.proto.worker.v1.RecordJourney;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Traces over gRPC, out of what log, leader and dead letters say. */
@Timeout(60)
@SuppressWarnings("NullAway.Init")
class TracesTest {
    private static final String NAME = "films";
    private static final List<StageName> ACCEPTED =
            List.of(
                    StageName.STAGE_NAME_LOGGED,
                    StageName.STAGE_NAME_VALIDATED,
                    StageName.STAGE_NAME_COMMITTED,
                    StageName.STAGE_NAME_APPLIED,
                    StageName.STAGE_NAME_SEARCHABLE);

    private Cluster cluster;
    private String topic;

    @BeforeEach
    void start() throws Exception {
        cluster = new Cluster();
        cluster.create(NAME, 1, Metric.METRIC_EUCLIDEAN);
        topic = cluster.placement.record(NAME).getFacts().getTopic();
        cluster.log.createTopic(topic + ".dlq", 1);
    }

    @AfterEach
    void stop() {
        assertThat(cluster.log.sessions()).as("every session is closed").isZero();
        cluster.close();
    }

    @Test
    void whatTheLeaderRemembersHasItsTimes() {
        long offset = write("film");
        RecordJourney journey =
                RecordJourney.newBuilder()
                        .setRemembered(true)
                        .setJudgedAtMs(2_000)
                        .setCommittedAtMs(3_000)
                        .setAppliedAtMs(4_000)
                        .setSearchableAtMs(5_000)
                        .build();
        remember(offset, journey);

        TraceWriteResponse trace = trace(offset);

        assertThat(names(trace)).isEqualTo(ACCEPTED);
        assertThat(trace.getStages(4).getAt().getSeconds()).isEqualTo(5);
        assertThat(trace.getPointId()).isEqualTo("film");
        assertThat(trace.getKind()).isEqualTo(RecordKind.RECORD_KIND_VALUE);

        remember(offset, journey.toBuilder().setRejectedBy("vector_zero").build());
        assertThat(trace(offset).getStages(1).getRule()).isEqualTo("vector_zero");
    }

    @Test
    void whatIsForgottenAndCurrentWasAccepted() {
        long offset = write("film");

        TraceWriteResponse trace = trace(offset);

        assertThat(names(trace)).isEqualTo(ACCEPTED);
        assertThat(trace.getStagesList().subList(1, 5)).allMatch(Stage::getBefore);
    }

    @Test
    void whatIsForgottenAndRejectedIsFoundByItsLetter() {
        long offset = write("film");
        Instant at = Instant.now().minusSeconds(5);
        letter(offset + 1, at);
        letter(offset, at);
        long newer = write("film");
        assertThat(newer).isEqualTo(offset + 1);

        Stage stage = trace(offset).getStages(1);

        assertThat(stage.getName()).isEqualTo(StageName.STAGE_NAME_REJECTED);
        assertThat(stage.getRule()).isEqualTo("vector_zero");
        assertThat(stage.getBefore()).isFalse();
        assertThat(stage.getAt().getSeconds()).isEqualTo(at.getEpochSecond());
    }

    @Test
    void whatHasNoLetterAndIsForgottenWasAccepted() {
        long offset = write("film");
        assertThat(write("film")).isGreaterThan(offset);

        assertThat(names(trace(offset))).isEqualTo(ACCEPTED);
    }

    @Test
    void whatMayHaveHadALetterOnceIsLeftOut() {
        Instant longAgo = Instant.now().minusSeconds(30 * 86_400L);
        long offset = cluster.log.produce(append("film"), longAgo, false);
        assertThat(write("film")).isGreaterThan(offset);

        assertThat(names(trace(offset))).doesNotContain(StageName.STAGE_NAME_VALIDATED).hasSize(4);
    }

    @Test
    void whatIsNotAppliedYetIsOnlyLogged() {
        long offset = write("film");
        cluster.first.hold(group(), offset);
        cluster.second.hold(group(), offset);

        assertThat(names(trace(offset))).containsExactly(StageName.STAGE_NAME_LOGGED);
        assertThat(trace(offset).getPosition()).isEqualTo(offset);
        assertThat(names(trace(offset + 1))).isEmpty();
    }

    @Test
    void whatWasCompactedOrAbortedSaysSo() {
        long old = write("film");
        long aborted = cluster.log.produce(append("film"), Instant.now(), true);
        long current = write("film");
        cluster.log.compact(new LogPartition(topic, 0), old);

        assertThat(trace(old).getCompacted()).isTrue();
        assertThat(trace(old).getStages(0).getBefore()).isTrue();
        assertThat(trace(old).getKind()).isEqualTo(RecordKind.RECORD_KIND_UNSPECIFIED);
        assertThat(trace(aborted).getAborted()).isTrue();
        assertThat(trace(aborted).getStagesList()).isEmpty();
        assertThat(trace(current).getAborted()).isFalse();
    }

    @Test
    void aPlainProducersTokenNamesTheTopicAndAnotherOneIsRefused() {
        long offset = write("film");
        WriteToken.Builder token = WriteToken.newBuilder().setOffset(offset);

        assertThat(trace(token.setTopic(topic).build()).getToken().getTopicId()).isNotEmpty();

        assertInvalid("token.topic", token.clone().setTopic(topic + "0").build());
        assertInvalid("token.partition", token.clone().setPartition(1).build());
        assertInvalid("token", WriteToken.newBuilder().setOffset(1).build());
        assertInvalid("token", token.clone().setOffset(-1).build());
    }

    @Test
    void aBarrierIsTold() {
        List<LogHeader> kind = List.of(LogHeader.of(Headers.KIND, Headers.BARRIER));
        ByteString one = ByteString.copyFromUtf8("1");
        cluster.first.hold(group(), 0);
        cluster.second.hold(group(), 0);
        long offset =
                cluster.log.produce(
                        new LogAppend(
                                topic, 0, ByteString.copyFromUtf8(Headers.BARRIER_KEY), one, kind));

        assertThat(trace(offset).getKind()).isEqualTo(RecordKind.RECORD_KIND_BARRIER);
        assertThat(trace(offset).getPointId()).isEmpty();
    }

    @Test
    void aPointTellsVersionAndRecords() {
        long first = write("film");
        long second = write("film");

        TracePointResponse point = point("film", 1);

        assertThat(point.getVersion()).isEqualTo(second);
        assertThat(point.getRecordsCount()).isEqualTo(1);
        assertThat(point.getRecords(0).getOffset()).isEqualTo(second);
        assertThat(point.getMore()).isTrue();
        assertThat(point.getReadFrom()).isLessThanOrEqualTo(first);
        assertThat(point.getFreshness().getWatermarksCount()).isEqualTo(1);
        assertThat(point("none", 0).hasVersion()).isFalse();
        assertThat(point("none", 0).getRecordsList()).isEmpty();
        assertThat(Failure.of(() -> point("", 0)).reason()).isEqualTo("INVALID_ID");
        assertThat(Failure.of(() -> point("", 0)).field()).isEqualTo("id");
        assertThat(Failure.of(() -> point("film", 1_001)).field()).isEqualTo("limit");
    }

    private void assertInvalid(String field, WriteToken token) {
        Failure failure = Failure.of(() -> trace(token));
        assertThat(failure.reason()).isEqualTo("INVALID_TOKEN");
        assertThat(failure.field()).isEqualTo(field);
    }

    private TraceServiceBlockingStub stub() {
        return TraceServiceGrpc.newBlockingStub(cluster.channel)
                .withDeadlineAfter(20, TimeUnit.SECONDS);
    }

    private TraceWriteResponse trace(long offset) {
        return trace(WriteToken.newBuilder().setTopic(topic).setOffset(offset).build());
    }

    private TraceWriteResponse trace(WriteToken token) {
        return stub().traceWrite(
                        TraceWriteRequest.newBuilder().setCollection(NAME).setToken(token).build());
    }

    private TracePointResponse point(String id, int limit) {
        return stub().tracePoint(
                        TracePointRequest.newBuilder()
                                .setCollection(NAME)
                                .setId(id)
                                .setLimit(limit)
                                .build());
    }

    private static List<StageName> names(TraceWriteResponse trace) {
        return trace.getStagesList().stream().map(Stage::getName).toList();
    }

    private String group() {
        return cluster.placement.record(NAME).getGenerations(0).getShards(0).getGroup();
    }

    private void remember(long offset, RecordJourney journey) {
        cluster.first.remember(offset, journey);
        cluster.second.remember(offset, journey);
    }

    private LogAppend append(String id) {
        ByteString value =
                Point.newBuilder().addVectors(Cluster.vector(1, 2)).build().toByteString();
        return new LogAppend(topic, 0, id, value);
    }

    private long write(String id) {
        return cluster.log.produce(append(id));
    }

    private void letter(long offset, Instant at) {
        List<LogHeader> headers = new ArrayList<>();
        headers.add(LogHeader.of(Headers.RULE, "vector_zero"));
        headers.add(LogHeader.of(Headers.SOURCE_PARTITION, "0"));
        headers.add(LogHeader.of(Headers.SOURCE_OFFSET, Long.toString(offset)));
        long letter =
                cluster.log.produce(
                        new LogAppend(topic + ".dlq", 0, null, null, headers), at, false);
        assertThat(letter).isNotNegative();
    }
}
