package io.vectron.worker;

import static io.vectron.worker.shard.Entries.GROUP;
import static io.vectron.worker.shard.Entries.batch;
import static io.vectron.worker.shard.Entries.upsert;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.StatusRuntimeException;
import io.vectron.proto.worker.v1.ApplyBatchRequest;
import io.vectron.proto.worker.v1.BatchJourney;
import io.vectron.proto.worker.v1.RecordJourney;
import io.vectron.proto.worker.v1.RejectedRecord;
import io.vectron.proto.worker.v1.TraceRequest;
import io.vectron.proto.worker.v1.TraceResponse;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a leader tells of the way of a record. */
class TraceApiTest {
    private static final BatchJourney JOURNEY =
            BatchJourney.newBuilder()
                    .setReadAtMs(1)
                    .setJudgedAtMs(2)
                    .setSentAtMs(3)
                    .addRejected(RejectedRecord.newBuilder().setOffset(1).setRule("vector_zero"))
                    .build();

    @TempDir Path folder;

    @Test
    void aBatchIsRememberedUntilTheWorkerStops() throws Exception {
        long beforeMs = System.currentTimeMillis();
        try (WorkerHarness worker = new WorkerHarness(folder)) {
            worker.addReplica();
            assertThat(
                            worker.stub()
                                    .applyBatch(
                                            ApplyBatchRequest.newBuilder()
                                                    .setBatch(batch(0, 2, upsert(0, "a", 1, 0)))
                                                    .setJourney(JOURNEY)
                                                    .build())
                                    .hasApplied())
                    .isTrue();
            assertThat(worker.apply(batch(2, 3, upsert(2, "b", 1, 0))).hasApplied()).isTrue();

            RecordJourney told = journey(worker, 0);
            assertThat(told.getRemembered()).isTrue();
            assertThat(told.getPosition()).isEqualTo(3);
            assertThat(told.getJudgedAtMs()).isEqualTo(2);
            assertThat(told.getSentAtMs()).isEqualTo(3);
            assertThat(told.getCommittedAtMs()).isGreaterThanOrEqualTo(beforeMs);
            assertThat(told.getAppliedAtMs()).isGreaterThanOrEqualTo(told.getCommittedAtMs());
            assertThat(told.getSearchableAtMs()).isGreaterThanOrEqualTo(told.getAppliedAtMs());
            assertThat(told.getRejectedBy()).isEmpty();
            assertThat(journey(worker, 1).getRejectedBy()).isEqualTo("vector_zero");
            assertThat(journey(worker, 2).getJudgedAtMs()).as("nobody told").isZero();
            assertThat(journey(worker, 2).getRemembered()).isTrue();
            assertThat(journey(worker, 3).getRemembered()).as("not there yet").isFalse();
        }
        long stoppedMs = System.currentTimeMillis();
        try (WorkerHarness worker = new WorkerHarness(folder)) {
            RecordJourney told = journey(worker, 0);
            assertThat(told.getRemembered()).as("applied again from its log").isFalse();
            assertThat(told.getPosition()).isEqualTo(3);
            assertThat(told.getRemembersSinceMs()).isGreaterThanOrEqualTo(stoppedMs);
        }
    }

    @Test
    void aShardThatIsNotHereAndAnOffsetThatIsNoneAreTold() throws Exception {
        try (WorkerHarness worker = new WorkerHarness(folder)) {
            assertThat(ask(worker, UUID.randomUUID(), 0).hasUnknownShard()).isTrue();
            worker.addReplica();
            assertThatThrownBy(() -> ask(worker, GROUP, -1))
                    .isInstanceOf(StatusRuntimeException.class)
                    .hasMessageContaining("INVALID_ARGUMENT");
        }
    }

    private static RecordJourney journey(WorkerHarness worker, long offset) {
        TraceResponse response = ask(worker, GROUP, offset);
        assertThat(response.hasJourney()).as(response.toString()).isTrue();
        return response.getJourney();
    }

    private static TraceResponse ask(WorkerHarness worker, UUID group, long offset) {
        return worker.stub()
                .trace(
                        TraceRequest.newBuilder()
                                .setGroup(group.toString())
                                .setOffset(offset)
                                .build());
    }
}
