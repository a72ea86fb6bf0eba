package io.vectron.placement.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectron.placement.config.PlanSettings;
import io.vectron.placement.fake.FakeKafka;
import io.vectron.placement.fake.FakeWorkers;
import io.vectron.placement.model.Cluster;
import io.vectron.placement.model.DeadLetters;
import io.vectron.placement.state.ReplicatedCatalog;
import io.vectron.placement.state.Signal;
import io.vectron.placement.state.TestSnapshots;
import io.vectron.proto.log.v1.PlacementEntry;
import io.vectron.proto.log.v1.PlacementState;
import io.vectron.proto.log.v1.RecordWorker;
import io.vectron.proto.log.v1.RetiredTopic;
import io.vectron.replication.ProposeResult;
import io.vectron.replication.RaftPosition;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Dead-letter topics outlive their collections, but not for ever. */
@Timeout(20)
final class ReconcilerTest {
    private static final int LIMIT = 3;

    @TempDir Path folder;

    private final FakeKafka kafka = new FakeKafka();
    private final FakeWorkers workers = new FakeWorkers();
    private final ReplicatedCatalog catalog = new ReplicatedCatalog();
    private final AtomicLong clockMs = new AtomicLong(1_000);
    private final Signal changes = new Signal();
    private Reconciler reconciler;
    private int index;

    @BeforeEach
    void start() {
        CommandLog commands =
                new CommandLog(this::propose, () -> Instant.ofEpochMilli(clockMs.get()));
        reconciler =
                new Reconciler(
                        catalog,
                        new Actions(
                                catalog::cluster,
                                kafka.admin(point -> {}),
                                kafka.catalogue(point -> {}),
                                workers.client(point -> {})),
                        kafka.admin(point -> {}),
                        commands,
                        PlanSettings.defaults(),
                        LIMIT);
        catalog.listen(changes::raise);
    }

    @AfterEach
    void stop() {
        reconciler.close();
    }

    @Test
    void deletesADeadLetterTopicWhenItsTimeHasCome() throws Exception {
        hold(2);
        reconciler.start();
        catalog.leadership(true, 1);
        touch(); // not due yet: nothing is to happen
        clockMs.set(topic(0).deleteAfterMs());
        touch();
        await(cluster -> cluster.deadLetters().size() == 1);
        assertThat(kafka.topics()).containsOnlyKeys(topic(1).topic());
        clockMs.set(topic(1).deleteAfterMs() - 1);
        touch();
        assertThat(kafka.topics()).containsOnlyKeys(topic(1).topic());
        clockMs.incrementAndGet();
        touch();
        await(cluster -> cluster.deadLetters().isEmpty());
        assertThat(kafka.topics()).isEmpty();
    }

    @Test
    void wakesByItselfWhenATopicFallsDue() throws Exception {
        hold(1);
        clockMs.set(topic(0).deleteAfterMs() - 50);
        reconciler.start();
        catalog.leadership(true, 1);
        clockMs.set(topic(0).deleteAfterMs());
        await(cluster -> cluster.deadLetters().isEmpty());
    }

    @Test
    void deletesTheOldestBeforeTheirTimeWhenThereAreTooMany() throws Exception {
        hold(LIMIT + 2);
        reconciler.start();
        catalog.leadership(true, 1);
        await(cluster -> cluster.deadLetters().size() == LIMIT);
        touch();
        assertThat(catalog.cluster().deadLetters()).doesNotContainKeys("c0.dlq", "c1.dlq");
        assertThat(kafka.topics()).hasSize(LIMIT).doesNotContainKeys("c0.dlq", "c1.dlq");
    }

    @Test
    void doesNothingWhileAnotherMemberLeads() throws Exception {
        hold(1);
        clockMs.set(topic(0).deleteAfterMs());
        reconciler.start();
        touch();
        assertThat(kafka.topics()).hasSize(1);
        catalog.leadership(true, 2);
        await(cluster -> cluster.deadLetters().isEmpty());
    }

    private static DeadLetters topic(int number) {
        return new DeadLetters("c" + number + ".dlq", 1_000_000L * (number + 1));
    }

    /** Starts from a state with so many topics. */
    private void hold(int topics) throws IOException {
        PlacementState.Builder state = PlacementState.newBuilder().setFormat(1).setTerm(1);
        for (int i = 0; i < topics; i++) {
            kafka.addForeign(topic(i).topic(), 1);
            state.addRetiredTopics(
                    RetiredTopic.newBuilder()
                            .setTopic(topic(i).topic())
                            .setDeleteAfterMs(topic(i).deleteAfterMs()));
        }
        TestSnapshots.write(folder, state.build());
        catalog.open(folder);
    }

    /** A change that is none of the loop's business, but wakes it. */
    private void touch() {
        PlacementEntry entry =
                PlacementEntry.newBuilder()
                        .setRecordWorker(
                                RecordWorker.newBuilder()
                                        .setId("w-" + index)
                                        .setHost("h")
                                        .setPort(index + 1)
                                        .setRaftPort(1))
                        .build();
        assertThat(propose(entry.toByteArray())).isCompleted();
    }

    private synchronized CompletableFuture<ProposeResult> propose(byte[] entry) {
        RaftPosition at = new RaftPosition(1, ++index);
        try {
            byte[] answer = catalog.apply(at, ByteBuffer.wrap(entry));
            return CompletableFuture.completedFuture(new ProposeResult.Applied(answer, at));
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    private void await(Predicate<Cluster> condition) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        long seen = changes.count();
        while (!condition.test(catalog.cluster())) {
            assertThat(changes.await(seen, deadline - System.nanoTime()))
                    .as("in time: %s", catalog.cluster())
                    .isTrue();
            seen = changes.count();
        }
    }
}
