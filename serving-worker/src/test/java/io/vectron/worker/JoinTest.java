package io.vectron.worker;

import static io.vectron.worker.ThreeWorkers.await;
import static io.vectron.worker.ThreeWorkers.found;
import static io.vectron.worker.ThreeWorkers.status;
import static io.vectron.worker.shard.Entries.GROUP;
import static org.assertj.core.api.Assertions.assertThat;

import io.vectron.proto.log.v1.ApplyBatch;
import io.vectron.proto.log.v1.Metric;
import io.vectron.proto.worker.v1.ChangeMembersRequest;
import io.vectron.proto.worker.v1.ChangeMembersResponse;
import io.vectron.proto.worker.v1.ChangeMembersResponse.OutcomeCase;
import io.vectron.proto.worker.v1.Member;
import io.vectron.proto.worker.v1.ReplicaStatus;
import io.vectron.proto.worker.v1.Role;
import io.vectron.worker.api.DiskSpace;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a member that joins a shard gets of those that are there. */
class JoinTest {
    private static final int MANY = 4_500;
    private static final int FEW = 1_000;
    private static final int BATCH = 500;

    private final AtomicReference<Double> diskShare = new AtomicReference<>(0.5);
    private final List<WorkerHarness> workers = new ArrayList<>();

    @TempDir Path folder;

    @BeforeEach
    void start() throws IOException {
        DiskSpace disk = () -> new DiskSpace.Usage(100, Math.round(100 * diskShare.get()));
        for (int i = 0; i < 3; i++) {
            workers.add(
                    new WorkerHarness(
                            id(i),
                            folder.resolve(id(i)),
                            WorkerHarness.freePort(),
                            WorkerHarness::steady,
                            disk));
        }
        first().stub()
                .addReplica(
                        WorkerHarness.request(GROUP, Metric.METRIC_EUCLIDEAN, 2, 1).toBuilder()
                                .clearMembers()
                                .addMembers(member(0))
                                .build());
        await(
                "it leads",
                () -> status(first()).getRole() == Role.ROLE_LEADER,
                () -> status(first()));
    }

    @AfterEach
    void stop() {
        workers.forEach(WorkerHarness::close);
    }

    private static String id(int i) {
        return "w" + (i + 1);
    }

    private Member member(int i) {
        return Member.newBuilder()
                .setWorker(id(i))
                .setHost("127.0.0.1")
                .setRaftPort(workers.get(i).raftPort())
                .build();
    }

    private WorkerHarness first() {
        return workers.getFirst();
    }

    private void write(long from, long to) {
        for (long at = from; at < to; at += BATCH) {
            String[] ids =
                    LongStream.range(at, at + BATCH)
                            .mapToObj(each -> "p" + each)
                            .toArray(String[]::new);
            ApplyBatch batch = ThreeWorkers.rows(at, at + BATCH, ids);
            // Graphs are slower than this: it is told to wait.
            await("applied", () -> first().apply(batch).hasApplied(), () -> status(first()));
        }
    }

    /** Asks until it has joined; what was answered before, each once. */
    private List<OutcomeCase> join(int joins) {
        workers.get(joins)
                .stub()
                .addReplica(
                        WorkerHarness.request(GROUP, Metric.METRIC_EUCLIDEAN, 2, 1).toBuilder()
                                .clearMembers()
                                .build());
        ChangeMembersRequest request =
                ChangeMembersRequest.newBuilder()
                        .setGroup(GROUP.toString())
                        .setJoins(member(joins))
                        .build();
        List<OutcomeCase> before = new ArrayList<>();
        await(
                "it has joined",
                () -> {
                    ChangeMembersResponse answer = first().stub().changeMembers(request);
                    if (!answer.hasChanged() && !before.contains(answer.getOutcomeCase())) {
                        before.add(answer.getOutcomeCase());
                    }
                    return answer.hasChanged();
                },
                () -> before);
        return before;
    }

    private ReplicaStatus awaitRows(int worker, long rows) {
        await(
                "it has all rows",
                () -> status(workers.get(worker)).getPoints() == rows,
                () -> status(workers.get(worker)));
        return status(workers.get(worker));
    }

    @Test
    void getsAllRowsInFilesAndBuildsNoGraph() {
        write(0, MANY);
        assertThat(status(first()).getSealedRows()).as("nothing was in a file").isZero();

        assertThat(join(1)).contains(OutcomeCase.PREPARING).doesNotContain(OutcomeCase.NOT_LEADER);

        assertThat(awaitRows(1, MANY).getSealedRows()).isEqualTo(MANY);
        assertThat(status(workers.get(1)).getDigest()).isEqualTo(status(first()).getDigest());
        assertThat(found(workers.get(1))).isEqualTo(10);
        // What came since the first one joined is prepared for the second.
        write(MANY, 2 * MANY);
        assertThat(join(2)).contains(OutcomeCase.PREPARING);
        assertThat(awaitRows(2, 2 * MANY).getSealedRows()).isEqualTo(2 * MANY);
        // Asked once more, nothing is prepared: it is there.
        assertThat(join(2)).isEmpty();
    }

    @Test
    void aFewRowsAreNoFileWorth() {
        write(0, FEW);
        join(1);
        assertThat(awaitRows(1, FEW).getSealedSegments()).isZero();
        assertThat(status(first()).getSealedSegments()).isZero();
    }

    @Test
    void joinsAlthoughThereIsNoRoomForFiles() {
        write(0, MANY);
        diskShare.set(0.96);
        join(1);
        assertThat(awaitRows(1, MANY).getSealedSegments()).isZero();
        assertThat(status(first()).getSealedSegments()).isZero();
    }
}
