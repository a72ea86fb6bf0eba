package io.vectron.worker;

import static io.vectron.worker.shard.Entries.GROUP;
import static io.vectron.worker.shard.Entries.batch;
import static io.vectron.worker.shard.Entries.upsert;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vectron.proto.log.v1.CaughtUp;
import io.vectron.proto.log.v1.Halt;
import io.vectron.proto.log.v1.HaltReason;
import io.vectron.proto.log.v1.Metric;
import io.vectron.proto.worker.v1.Hit;
import io.vectron.proto.worker.v1.ListReplicasRequest;
import io.vectron.proto.worker.v1.LogDiverged;
import io.vectron.proto.worker.v1.LogDivergence;
import io.vectron.proto.worker.v1.LogStanding;
import io.vectron.proto.worker.v1.PositionRequest;
import io.vectron.proto.worker.v1.PositionResponse;
import io.vectron.proto.worker.v1.ReplicaCondition;
import io.vectron.proto.worker.v1.ReplicaStatus;
import io.vectron.proto.worker.v1.ReportLogRequest;
import io.vectron.worker.shard.Entries;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a shard is told of its log, by way of a real worker. */
class LogReportTest {
    @TempDir private Path folder;

    private static final Halt LOST =
            Halt.newBuilder()
                    .setReason(HaltReason.HALT_REASON_OTHER_EPOCH)
                    .setPosition(5)
                    .setLeaderEpoch(3)
                    .setLogEnd(9)
                    .setEpochEnd(4)
                    .setFoundTopicId(Entries.TOPIC_ID)
                    .build();

    @Test
    void aShardThatContradictsItsLogStopsForGoodAndAnswersWhatItHas() throws Exception {
        int raftPort = WorkerHarness.freePort();
        ReplicaCondition told;
        try (WorkerHarness worker = new WorkerHarness(folder, raftPort, c -> c, null)) {
            worker.addReplica();
            worker.apply(batch(0, 5, upsert(0, "a", 1, 1)).toBuilder().setLeaderEpoch(3).build());
            Halt late = LOST.toBuilder().setPosition(6).build();
            assertThat(worker.report(late).getApplied().getPosition()).isEqualTo(5);
            assertThat(worker.apply(batch(5, 6)).hasApplied()).as("it goes on").isTrue();

            told =
                    worker.report(LOST.toBuilder().setPosition(6).build())
                            .getUnavailable()
                            .getCondition();

            assertThat(told.getLogDiverged())
                    .isEqualTo(
                            LogDiverged.newBuilder()
                                    .setDivergence(LogDivergence.LOG_DIVERGENCE_OTHER_EPOCH)
                                    .setPosition(6)
                                    .setLeaderEpoch(3)
                                    .setLogEnd(9)
                                    .setEpochEnd(4)
                                    .setExpectedTopicId(Entries.TOPIC_ID)
                                    .setFoundTopicId(Entries.TOPIC_ID)
                                    .build());
            assertThat(told.getDetail()).contains("LOG_DIVERGED", "position 6", "ends at 4");
            assertStopped(worker, told);
            assertThat(worker.report(LOST).getUnavailable().getCondition())
                    .as("told twice")
                    .isEqualTo(told);
        }
        try (WorkerHarness worker = new WorkerHarness(folder, raftPort, c -> c, null)) {
            assertStopped(worker, told);
        }
    }

    private static void assertStopped(WorkerHarness worker, ReplicaCondition told) {
        assertThat(worker.apply(batch(6, 7)).getUnavailable().getCondition()).isEqualTo(told);
        assertThat(position(worker).getUnavailable().getCondition()).isEqualTo(told);
        ReplicaStatus listed =
                worker.stub().listReplicas(ListReplicasRequest.getDefaultInstance()).getReplicas(0);
        assertThat(listed.getCondition()).isEqualTo(told);
        assertThat(listed.getProblem()).isEqualTo(told.getDetail());
        assertThat(listed.getPosition()).isEqualTo(6);
        assertThat(
                        worker.stub()
                                .search(WorkerHarness.search(1, 1, 1).build())
                                .getShards(0)
                                .getHitsList())
                .extracting(Hit::getId)
                .containsExactly("a");
    }

    @Test
    void aShardTellsWhatMustBeKnownToGoOn() throws Exception {
        try (WorkerHarness worker = new WorkerHarness(folder)) {
            worker.stub()
                    .addReplica(
                            worker.replica(GROUP, Metric.METRIC_EUCLIDEAN, 2).toBuilder()
                                    .setFirstPosition(40)
                                    .build());
            LogStanding fresh = position(worker).getStanding();
            assertThat(position(worker).getApplied().getPosition()).isEqualTo(40);
            assertThat(fresh.getFirstPosition()).isEqualTo(40);
            assertThat(fresh.hasLeaderEpoch()).isFalse();
            assertThat(fresh.getCompleteAtMs()).isZero();

            worker.apply(
                    batch(40, 41, upsert(40, "a", 1, 1)).toBuilder().setLeaderEpoch(0).build());

            LogStanding begun = position(worker).getStanding();
            assertThat(begun.hasLeaderEpoch()).isTrue();
            assertThat(begun.getLeaderEpoch()).isZero();
            assertThat(begun.getCompleteAtMs()).isBetween(fresh.getToldAtMs(), begun.getToldAtMs());
            CaughtUp end =
                    CaughtUp.newBuilder().setPosition(41).setAtMs(begun.getToldAtMs() + 7).build();
            assertThat(
                            worker.stub()
                                    .reportLog(
                                            ReportLogRequest.newBuilder()
                                                    .setGroup(GROUP.toString())
                                                    .setCaughtUp(end)
                                                    .build())
                                    .getApplied()
                                    .getPosition())
                    .isEqualTo(41);
            assertThat(position(worker).getStanding().getCompleteAtMs()).isEqualTo(end.getAtMs());
            assertThat(
                            worker.stub()
                                    .search(WorkerHarness.search(1, 1, 1).build())
                                    .getShards(0)
                                    .getHitsList())
                    .hasSize(1);
        }
    }

    @Test
    void aReportWithoutSenseIsRefused() throws Exception {
        try (WorkerHarness worker = new WorkerHarness(folder)) {
            worker.addReplica();
            assertThat(worker.report(Halt.getDefaultInstance()).hasInvalid()).isTrue();
            assertThatThrownBy(() ->
                            worker.stub()
                                    .reportLog(
                                            ReportLogRequest.newBuilder()
                                                    .setGroup(GROUP.toString())
                                                    .build()))
                    .hasMessageContaining("nothing is told");
            ReportLogRequest stranger =
                    ReportLogRequest.newBuilder()
                            .setGroup(new UUID(1, 2).toString())
                            .setHalt(LOST)
                            .build();
            assertThat(worker.stub().reportLog(stranger).hasUnknownShard()).isTrue();
        }
    }

    private static PositionResponse position(WorkerHarness worker) {
        return worker.stub()
                .position(PositionRequest.newBuilder().setGroup(GROUP.toString()).build());
    }
}
