package io.vectron.worker;

import static io.vectron.worker.shard.Entries.GROUP;
import static io.vectron.worker.shard.Entries.batch;
import static io.vectron.worker.shard.Entries.upsert;
import static org.assertj.core.api.Assertions.assertThat;

import io.vectron.proto.log.v1.LogRecord;
import io.vectron.proto.log.v1.Metric;
import io.vectron.proto.worker.v1.ApplyBatchResponse;
import io.vectron.proto.worker.v1.DigestRequest;
import io.vectron.proto.worker.v1.DigestResponse;
import io.vectron.proto.worker.v1.ListReplicasRequest;
import io.vectron.proto.worker.v1.ListReplicasResponse;
import io.vectron.proto.worker.v1.ReplicaCondition;
import io.vectron.proto.worker.v1.ReplicaStatus;
import io.vectron.proto.worker.v1.SearchRequest;
import io.vectron.proto.worker.v1.ShardRead;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** The shard of {@code Entries.GROUP}, with rows of a kilobyte; knows what was acknowledged. */
final class WideShard {
    static final int DIMENSION = 256;
    static final int BATCH = 100;

    private long applied;

    long applied() {
        return applied;
    }

    static ListReplicasResponse list(WorkerHarness worker) {
        return worker.stub().listReplicas(ListReplicasRequest.getDefaultInstance());
    }

    static ReplicaStatus status(WorkerHarness worker) {
        return list(worker).getReplicas(0);
    }

    static ReplicaCondition condition(WorkerHarness worker) {
        return status(worker).getCondition();
    }

    static void addReplica(WorkerHarness worker) {
        worker.stub().addReplica(worker.replica(GROUP, Metric.METRIC_EUCLIDEAN, DIMENSION));
    }

    /** The next batch. Sent again if it was not acknowledged before. */
    ApplyBatchResponse apply(WorkerHarness worker, int rows) {
        List<LogRecord> records = new ArrayList<>();
        for (long offset = applied; offset < applied + rows; offset++) {
            records.add(upsert(offset, "id" + offset, vector(offset)));
        }
        ApplyBatchResponse answer =
                worker.apply(batch(applied, applied + rows, records.toArray(LogRecord[]::new)));
        if (answer.hasApplied()) {
            assertThat(answer.getApplied().getPosition()).isEqualTo(applied + rows);
            applied += rows;
        }
        return answer;
    }

    ApplyBatchResponse apply(WorkerHarness worker) {
        return apply(worker, BATCH);
    }

    void applyUntil(WorkerHarness worker, String what, BooleanSupplier reached) {
        await(
                what,
                () -> {
                    apply(worker);
                    return reached.getAsBoolean();
                },
                () -> applied + " of " + status(worker));
    }

    static void await(String what, BooleanSupplier reached, Supplier<?> seen) {
        long end = System.nanoTime() + Duration.ofSeconds(40).toNanos();
        while (!reached.getAsBoolean()) {
            assertThat(System.nanoTime()).as("%s: %s", what, seen.get()).isLessThan(end);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    static void awaitRunning(WorkerHarness worker) {
        await("it runs", () -> condition(worker).hasRunning(), () -> status(worker));
    }

    /** All that was acknowledged is there, in store and index, and nothing else. */
    void assertWhole(WorkerHarness worker) {
        assertThat(found(worker)).isEqualTo((int) applied);
        assertThat(status(worker).getPosition()).isEqualTo(applied);
        assertThat(digest(worker).getDigest()).isEqualTo(status(worker).getDigest());
    }

    private static int found(WorkerHarness worker) {
        SearchRequest.Builder search =
                SearchRequest.newBuilder()
                        .addShards(ShardRead.newBuilder().setGroup(GROUP.toString()))
                        .setExact(true)
                        .setTopK(10_000);
        for (float value : vector(-1)) {
            search.addVector(value);
        }
        return worker.stub().search(search.build()).getShards(0).getHitsCount();
    }

    private static DigestResponse digest(WorkerHarness worker) {
        return worker.stub()
                .digest(
                        DigestRequest.newBuilder()
                                .setGroup(GROUP.toString())
                                .setRecompute(true)
                                .build());
    }

    private static float[] vector(long seed) {
        Random random = new Random(seed);
        float[] vector = new float[DIMENSION];
        for (int i = 0; i < vector.length; i++) {
            vector[i] = (float) random.nextGaussian();
        }
        return vector;
    }
}
