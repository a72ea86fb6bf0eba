package io.vectron.worker;

import static io.vectron.worker.shard.Entries.EPOCH;
import static io.vectron.worker.shard.Entries.GROUP;
import static io.vectron.worker.shard.Entries.batch;
import static io.vectron.worker.shard.Entries.upsert;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.vectron.common.error.ErrorCode;
import io.vectron.common.error.GrpcErrors;
import io.vectron.common.error.VectronException;
import io.vectron.proto.log.v1.ApplyBatch;
import io.vectron.proto.log.v1.LogRecord;
import io.vectron.proto.log.v1.Metric;
import io.vectron.proto.worker.v1.AddReplicaRequest;
import io.vectron.proto.worker.v1.ApplyBatchRequest;
import io.vectron.proto.worker.v1.ApplyBatchResponse;
import io.vectron.proto.worker.v1.ApplyBatchResponse.OutcomeCase;
import io.vectron.proto.worker.v1.ListReplicasRequest;
import io.vectron.proto.worker.v1.PositionRequest;
import io.vectron.proto.worker.v1.PositionResponse;
import io.vectron.proto.worker.v1.RemoveReplicaRequest;
import io.vectron.proto.worker.v1.ReplicaStatus;
import io.vectron.proto.worker.v1.Role;
import io.vectron.proto.worker.v1.SetEpochRequest;
import io.vectron.worker.api.DiskSpace;
import io.vectron.worker.config.WorkerConfig;
import io.vectron.worker.shard.Entries;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IngestApiTest {
    private static final int HOT_ROWS = 5_000;

    @TempDir Path folder;
    private final AtomicReference<Double> diskShare = new AtomicReference<>(0.5);
    private WorkerHarness worker;

    @BeforeEach
    void start() throws IOException {
        DiskSpace disk = () -> new DiskSpace.Usage(100, Math.round(100 * diskShare.get()));
        worker =
                new WorkerHarness(
                        folder,
                        WorkerHarness.freePort(),
                        config ->
                                config.withLimits(new WorkerConfig.Limits(2, 10, 0.95))
                                        .withMemory(config.memory().withHot(64 << 20, HOT_ROWS)),
                        disk);
        worker.addReplica();
    }

    @AfterEach
    void stop() {
        worker.close();
    }

    private OutcomeCase outcome(ApplyBatch batch) {
        return worker.apply(batch).getOutcomeCase();
    }

    private PositionResponse position() {
        return worker.stub()
                .position(PositionRequest.newBuilder().setGroup(GROUP.toString()).build());
    }

    @Test
    void everyOutcomeOfABatch() {
        assertThat(worker.apply(batch(0, 3, upsert(0, "a", 1, 1))).getApplied().getPosition())
                .isEqualTo(3);
        assertThat(worker.apply(batch(0, 3, upsert(0, "a", 1, 1))).getApplied().getPosition())
                .as("again")
                .isEqualTo(3);
        assertThat(
                        worker.apply(batch(0, 5, upsert(0, "a", 1, 1), upsert(4, "b", 1, 1)))
                                .getApplied()
                                .getPosition())
                .as("overlap")
                .isEqualTo(5);
        assertThat(worker.apply(batch(7, 8)).getGap().getExpected()).isEqualTo(5);
        assertThat(
                        worker.apply(batch(5, 8).toBuilder().setEpoch(EPOCH - 1).build())
                                .getStaleEpoch()
                                .getCurrent())
                .isEqualTo(EPOCH);
        assertThat(
                        worker.apply(batch(5, 8).toBuilder().setTopicId("other").build())
                                .getWrongTopic()
                                .getExpectedTopicId())
                .isEqualTo(Entries.TOPIC_ID);
        UUID nobody = UUID.randomUUID();
        assertThat(outcome(batch(5, 8).toBuilder().setGroup(nobody.toString()).build()))
                .isEqualTo(OutcomeCase.UNKNOWN_SHARD);
        assertThat(outcome(batch(5, 8, upsert(5, "a", 1, 2, 3)))).isEqualTo(OutcomeCase.INVALID);
        assertThat(position().getApplied().getPosition()).isEqualTo(5);
        assertThat(position().getTopicId()).isEqualTo(Entries.TOPIC_ID);
        assertThat(position().getEpoch()).isEqualTo(EPOCH);
    }

    @Test
    void anEntryAboveTheLimitIsInvalidAndTheShardGoesOn() {
        String text = "x".repeat(60_000);
        List<LogRecord> records = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            records.add(upsert(i, "id" + i, Entries.point(text, 1, 1)));
        }
        ApplyBatchResponse response = worker.apply(batch(0, 20, records.toArray(LogRecord[]::new)));
        assertThat(response.getInvalid().getMessage()).contains("1048576");
        assertThat(worker.apply(batch(0, 1)).getApplied().getPosition()).isEqualTo(1);
    }

    @Test
    void theEpochIsRaisedThroughTheLog() {
        SetEpochRequest raise =
                SetEpochRequest.newBuilder().setGroup(GROUP.toString()).setEpoch(EPOCH + 1).build();
        assertThat(worker.stub().setEpoch(raise).getEpoch()).isEqualTo(EPOCH + 1);
        assertThat(outcome(batch(0, 1))).isEqualTo(OutcomeCase.STALE_EPOCH);
        assertThat(position().getEpoch()).isEqualTo(EPOCH + 1);
    }

    @Test
    void aFullDiskRefusesBatchesAndGoesOnServing() {
        worker.apply(batch(0, 1, upsert(0, "a", 1, 1)));
        diskShare.set(0.95);
        ApplyBatchResponse refused = worker.apply(batch(1, 2));
        assertThat(refused.getOverloaded().getReason()).isEqualTo("DISK_FULL");
        assertThat(refused.getOverloaded().getRetryAfterMs()).isPositive();
        assertThat(
                        worker.stub()
                                .search(WorkerHarness.search(1, 1, 1).build())
                                .getShards(0)
                                .getHitsCount())
                .isOne();
        diskShare.set(0.94);
        assertThat(outcome(batch(1, 2))).isEqualTo(OutcomeCase.APPLIED);
    }

    /** Hot rows are sealed in the background; batches that come too fast are to be sent again. */
    @Test
    void moreRowsThanMemoryHoldsAreTaken() {
        long rows = 5L * HOT_ROWS;
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        long from = 0;
        while (from < rows) {
            List<LogRecord> records = new ArrayList<>();
            for (long offset = from; offset < from + 500; offset++) {
                records.add(upsert(offset, "id" + offset % 100, (float) offset, 1));
            }
            ApplyBatchResponse response =
                    worker.apply(batch(from, from + 500, records.toArray(LogRecord[]::new)));
            assertThat(System.nanoTime()).as("stuck at %s: %s", from, response).isLessThan(end);
            if (response.hasApplied()) {
                from = response.getApplied().getPosition();
            } else {
                assertThat(response.getOverloaded().getReason())
                        .isIn("INDEX_TAIL_FULL", "INDEX_HOT_FULL");
            }
        }
        assertThat(
                        worker.stub()
                                .search(WorkerHarness.search(1_000, 1, 1).setExact(true).build())
                                .getShards(0)
                                .getHitsCount())
                .isEqualTo(100);
    }

    @Test
    void replicasAreListedAsTheyStand() {
        worker.apply(
                batch(0, 4, upsert(0, "a", 1, 1), upsert(3, "a", 2, 2)).toBuilder()
                        .setLogEnd(4)
                        .build());
        ReplicaStatus status =
                worker.stub().listReplicas(ListReplicasRequest.getDefaultInstance()).getReplicas(0);
        assertThat(status.getGroup()).isEqualTo(GROUP.toString());
        assertThat(status.getRole()).isEqualTo(Role.ROLE_LEADER);
        assertThat(status.getPosition()).isEqualTo(4);
        assertThat(status.getPoints()).isEqualTo(1);
        assertThat(status.getRows()).isEqualTo(1);
        assertThat(status.getDigest()).hasSize(32).isNotEqualTo("0".repeat(32));
        assertThat(status.getCaughtUpAtMs()).isPositive();
        assertThat(status.getProblem()).isEmpty();
        assertThat(status.getShard()).isEqualTo(Entries.PARTITION);
    }

    @Test
    void addingAndRemovingAreIdempotent() {
        worker.apply(batch(0, 4, upsert(0, "a", 1, 1)));
        worker.addReplica();
        assertThat(position().getApplied().getPosition()).isEqualTo(4);
        RemoveReplicaRequest remove =
                RemoveReplicaRequest.newBuilder().setGroup(GROUP.toString()).build();
        worker.stub().removeReplica(remove);
        worker.stub().removeReplica(remove);
        assertThat(position().hasUnknownShard()).isTrue();
        assertThat(outcome(batch(4, 5))).isEqualTo(OutcomeCase.UNKNOWN_SHARD);
        worker.addReplica();
        assertThat(position().getApplied().getPosition()).as("nothing is left").isZero();
    }

    @Test
    void aGroupWithOtherFactsIsRefused() {
        AddReplicaRequest other = worker.replica(GROUP, Metric.METRIC_COSINE, 2);
        assertCode(ErrorCode.INVALID_REQUEST, () -> worker.stub().addReplica(other));
    }

    @Test
    void replicasAreCapped() {
        worker.stub().addReplica(worker.replica(UUID.randomUUID(), Metric.METRIC_COSINE, 2));
        AddReplicaRequest third = worker.replica(UUID.randomUUID(), Metric.METRIC_COSINE, 2);
        assertCode(ErrorCode.CAPACITY_EXHAUSTED, () -> worker.stub().addReplica(third));
    }

    @Test
    void nonsenseIsRefusedByName() {
        AddReplicaRequest good = worker.replica(UUID.randomUUID(), Metric.METRIC_COSINE, 2);
        for (AddReplicaRequest bad :
                List.of(
                        good.toBuilder().setGroup("not-a-uuid").build(),
                        good.toBuilder().setTopicId("").build(),
                        good.toBuilder().setShard(8).build(),
                        good.toBuilder().clearFacts().build(),
                        good.toBuilder()
                                .setMembers(0, good.getMembers(0).toBuilder().setRaftPort(0))
                                .build())) {
            assertCode(ErrorCode.INVALID_REQUEST, () -> worker.stub().addReplica(bad));
        }
        assertCode(
                ErrorCode.INVALID_REQUEST,
                () -> worker.stub().applyBatch(ApplyBatchRequest.getDefaultInstance()));
    }

    private static void assertCode(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .extracting(GrpcErrors::decode, type(VectronException.class))
                .extracting(VectronException::code)
                .isEqualTo(code);
    }
}
