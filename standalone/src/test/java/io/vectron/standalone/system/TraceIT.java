package io.vectron.standalone.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectron.common.error.ErrorCode;
import io.vectron.common.record.Rule;
import io.vectron.proto.log.v1.Metric;
import io.vectron.proto.v1.LoggedRecord;
import io.vectron.proto.v1.RecordKind;
import io.vectron.proto.v1.Stage;
import io.vectron.proto.v1.StageName;
import io.vectron.proto.v1.TracePointRequest;
import io.vectron.proto.v1.TracePointResponse;
import io.vectron.proto.v1.TraceWriteRequest;
import io.vectron.proto.v1.TraceWriteResponse;
import io.vectron.proto.v1.WriteToken;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where writes are: in the log, in the index, nowhere yet, or nowhere any more. */
@SuppressWarnings("NullAway.Init")
class TraceIT {
    private static final List<StageName> ACCEPTED =
            List.of(
                    StageName.STAGE_NAME_LOGGED,
                    StageName.STAGE_NAME_VALIDATED,
                    StageName.STAGE_NAME_COMMITTED,
                    StageName.STAGE_NAME_APPLIED,
                    StageName.STAGE_NAME_SEARCHABLE);
    private static final List<StageName> REJECTED =
            List.of(
                    StageName.STAGE_NAME_LOGGED,
                    StageName.STAGE_NAME_REJECTED,
                    StageName.STAGE_NAME_COMMITTED,
                    StageName.STAGE_NAME_APPLIED,
                    StageName.STAGE_NAME_SEARCHABLE);

    @TempDir static Path folder;

    private static SystemFixture system;

    @BeforeAll
    static void start() throws Exception {
        system =
                SystemFixture.start(
                        folder.resolve("data"),
                        Map.of("log.cleaner.backoff.ms", "50"),
                        Map.of(
                                "segment.ms", "100",
                                "min.compaction.lag.ms", "0",
                                "min.cleanable.dirty.ratio", "0.01",
                                "delete.retention.ms", "0"));
    }

    @AfterAll
    static void stop() throws Exception {
        system.close();
    }

    @Test
    void anAcceptedWriteIsFollowedThroughAllStages() throws Exception {
        long beforeMs = System.currentTimeMillis();
        create("accepted");
        WriteToken token = client().upsert("accepted", "film", Points.point(1, 0));
        client().awaitCaughtUp("accepted");

        TraceWriteResponse trace = trace("accepted", token);

        assertThat(names(trace)).isEqualTo(ACCEPTED);
        assertThat(trace.getPointId()).isEqualTo("film");
        assertThat(trace.getKind()).isEqualTo(RecordKind.RECORD_KIND_VALUE);
        assertThat(trace.getCompacted()).isFalse();
        assertThat(trace.getPosition()).isGreaterThan(token.getOffset());
        long lastMs = beforeMs;
        for (Stage stage : trace.getStagesList()) {
            assertThat(stage.getBefore()).isFalse();
            assertThat(ms(stage))
                    .as("%s, one machine, one clock", stage)
                    .isGreaterThanOrEqualTo(lastMs);
            lastMs = ms(stage);
        }
        assertThat(lastMs).isLessThanOrEqualTo(System.currentTimeMillis());
    }

    @Test
    void aRejectedWriteNamesItsRuleForAPlainProducersTokenToo() throws Exception {
        String topic = create("rejected");
        WriteToken token = system.kafka().sendJson(topic, "film", "{\"vector\":[1]}");
        assertThat(token.getTopicId()).isEmpty();
        client().awaitCaughtUp("rejected");

        TraceWriteResponse trace = trace("rejected", token);

        assertThat(names(trace)).isEqualTo(REJECTED);
        assertThat(trace.getStages(1).getRule()).isEqualTo(Rule.DIMENSION_MISMATCH.key());
        assertThat(trace.getToken().getTopicId()).isNotEmpty();
        assertThat(trace.getToken().getTopic()).isEqualTo(topic);
    }

    @Test
    void whatIsNotInTheLogYetHasNoStages() throws Exception {
        String topic = create("future");
        WriteToken last = client().upsert("future", "film", Points.point(1, 0));

        TraceWriteResponse trace =
                trace("future", last.toBuilder().setOffset(last.getOffset() + 10).build());

        assertThat(trace.getStagesList()).isEmpty();
        assertThat(trace.getCompacted()).isFalse();
        WriteToken foreign = last.toBuilder().clearTopicId().setTopic(topic + "0").build();
        assertThat(Client.refused(() -> trace("future", foreign)).code())
                .isEqualTo(ErrorCode.INVALID_TOKEN);
    }

    @Test
    void afterARestartTheShardOnlyKnowsThatItWasBefore() throws Exception {
        String topic = create("restarted");
        WriteToken good = system.kafka().send(topic, "good", Points.point(1, 0));
        WriteToken bad = system.kafka().sendJson(topic, "bad", "{\"vector\":[1]}");
        WriteToken late = system.kafka().send(topic, "bad", Points.point(1, 0));
        client().awaitCaughtUp("restarted");
        long stoppedMs = System.currentTimeMillis();

        system.restart(() -> {});
        client().awaitCaughtUp("restarted");

        TraceWriteResponse accepted = trace("restarted", good);
        assertThat(names(accepted)).isEqualTo(ACCEPTED);
        assertThat(accepted.getStages(0).getBefore()).as("the log knows").isFalse();
        for (Stage stage : accepted.getStagesList().subList(1, ACCEPTED.size())) {
            assertThat(stage.getBefore()).as(stage.toString()).isTrue();
            assertThat(ms(stage)).isGreaterThanOrEqualTo(stoppedMs);
        }
        TraceWriteResponse rejected = trace("restarted", bad);
        assertThat(names(rejected)).as("its letter is found").isEqualTo(REJECTED);
        assertThat(rejected.getStages(1).getRule()).isEqualTo(Rule.DIMENSION_MISMATCH.key());
        assertThat(rejected.getStages(1).getBefore()).isFalse();
        assertThat(ms(rejected.getStages(1))).isLessThan(stoppedMs);
        assertThat(names(trace("restarted", late))).isEqualTo(ACCEPTED);
    }

    @Test
    void whatCompactionRemovedSaysSoAndThePointTellsWhatIsLeft() throws Exception {
        String topic = create("compacted");
        WriteToken old = system.kafka().send(topic, "film", Points.point(1, 0));
        WriteToken current = system.kafka().send(topic, "film", Points.point(2, 0));
        assertThat(tracePoint("compacted", "film", 1).getRecordsList())
                .hasSize(1)
                .first()
                .extracting(LoggedRecord::getOffset)
                .isEqualTo(current.getOffset());
        Await.until(
                "compaction",
                () -> {
                    // The segment that is being written is never compacted.
                    WriteToken filler = system.kafka().send(topic, "filler", Points.point(1, 0));
                    assertThat(filler.getOffset()).isPositive();
                    return trace("compacted", old).getCompacted();
                });
        client().awaitCaughtUp("compacted");
        TraceWriteResponse trace = trace("compacted", old);

        assertThat(trace.getKind()).isEqualTo(RecordKind.RECORD_KIND_UNSPECIFIED);
        assertThat(trace.getPointId()).isEmpty();
        assertThat(names(trace)).isEqualTo(ACCEPTED);
        assertThat(trace.getStages(0).getBefore()).as("logged before what is left").isTrue();
        assertThat(trace.getStages(4).getBefore()).as("the shard remembers").isFalse();
        TracePointResponse point = tracePoint("compacted", "film", 0);
        assertThat(point.getVersion()).isEqualTo(current.getOffset());
        assertThat(point.getRecordsList().stream().map(LoggedRecord::getOffset))
                .containsExactly(current.getOffset());
        assertThat(point.getMore()).isFalse();
        assertThat(point.getFreshness().getWatermarksCount()).isEqualTo(1);
    }

    @Test
    void aPointTellsItsRecordsLatestFirst() throws Exception {
        String topic = create("told");
        long first = system.kafka().send(topic, "other", Points.point(1, 0)).getOffset();
        WriteToken put = system.kafka().send(topic, "told", Points.point(1, 0));
        WriteToken gone = system.kafka().sendTombstone(topic, "told");
        client().awaitCaughtUp("told");

        TracePointResponse point = tracePoint("told", "told", 0);

        assertThat(point.hasVersion()).isFalse();
        assertThat(point.getRecordsList()).isNotEmpty();
        assertThat(point.getRecords(0).getOffset()).isEqualTo(gone.getOffset());
        assertThat(point.getRecords(0).getKind()).isEqualTo(RecordKind.RECORD_KIND_TOMBSTONE);
        assertThat(point.getReadFrom()).isEqualTo(first);
        assertThat(names(trace("told", gone))).isEqualTo(ACCEPTED);
        assertThat(put.getOffset()).isLessThan(gone.getOffset());
    }

    private static Client client() {
        return system.client();
    }

    private static String create(String name) {
        return client().create(name, 2, Metric.METRIC_EUCLIDEAN, 1).getFacts().getTopic();
    }

    private static TraceWriteResponse trace(String collection, WriteToken token) {
        return client().traces()
                .traceWrite(
                        TraceWriteRequest.newBuilder()
                                .setCollection(collection)
                                .setToken(token)
                                .build());
    }

    private static TracePointResponse tracePoint(String collection, String id, int limit) {
        return client().traces()
                .tracePoint(
                        TracePointRequest.newBuilder()
                                .setCollection(collection)
                                .setId(id)
                                .setLimit(limit)
                                .build());
    }

    private static List<StageName> names(TraceWriteResponse trace) {
        return trace.getStagesList().stream().map(Stage::getName).toList();
    }

    private static long ms(Stage stage) {
        return Instant.ofEpochSecond(stage.getAt().getSeconds(), stage.getAt().getNanos())
                .toEpochMilli();
    }
}
