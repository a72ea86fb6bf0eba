package io.vectron.replication;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ReplicationNodeTest {
    private static final GroupId A = TestNode.group(1);
    private static final GroupId B = TestNode.group(2);

    @TempDir Path folder;

    @Test
    void appliesInTheOrderOfTheCallingThreadAndAnswers() throws Exception {
        try (TestNode node = TestNode.started("n1", folder)) {
            node.addAlone(A);
            List<CompletableFuture<ProposeResult>> results = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                results.add(node.node.propose(A, ("e" + i).getBytes(UTF_8)));
            }
            RaftPosition last = RaftPosition.NONE;
            for (int i = 0; i < 60; i++) {
                ProposeResult result = results.get(i).get(20, TimeUnit.SECONDS);
                assertThat(result).isInstanceOf(ProposeResult.Applied.class);
                ProposeResult.Applied applied = (ProposeResult.Applied) result;
                assertThat(new String(applied.answer(), UTF_8)).isEqualTo((i + 1) + ":e" + i);
                assertThat(applied.at().isAfter(last)).isTrue();
                last = applied.at();
            }
            assertThat(node.state(A).entries())
                    .isEqualTo(IntStream.range(0, 60).mapToObj(i -> "e" + i).toList());
            assertThat(node.state(A).appliedHere.getLast()).isEqualTo(last);
        }
    }

    @Test
    void takesAnEmptyEntry() throws Exception {
        try (TestNode node = TestNode.started("n1", folder)) {
            node.addAlone(A);
            assertThat(node.answer(A, "")).isEqualTo("1:");
            assertThat(node.answer(A, "x")).isEqualTo("2:x");
        }
    }

    @Test
    void groupOfOneLeadsWithoutWaitingForAnElection() throws Exception {
        try (TestNode node = TestNode.started("n1", folder, c -> c.withTiming(TestNode.PATIENT))) {
            node.addAlone(A);
            GroupStatus status = node.node.status(A);
            assertThat(status.role()).isEqualTo(GroupStatus.Role.LEADER);
            assertThat(status.leader()).isEqualTo(node.self());
            assertThat(status.members()).containsExactly(node.self());
            assertThat(status.failure()).isNull();
        }
    }

    @Test
    void refusesTooLargeAnEntryAndStaysLeader() throws Exception {
        try (TestNode node = TestNode.started("n1", folder)) {
            node.addAlone(A);
            long term = node.node.status(A).term();
            int limit = TestNode.ENTRY_LIMIT_BYTES;
            assertThat(node.node.propose(A, new byte[limit + 1]).join())
                    .isEqualTo(new ProposeResult.TooLarge(limit + 1, limit));
            assertThat(node.apply(A, "x".repeat(limit)).answer()).hasSize(limit + 2);
            assertThat(node.node.status(A).term()).isEqualTo(term);
            assertThat(node.state(A).leadership).containsExactly(true);
        }
    }

    @Test
    void refusesMoreThanTheLimitInFlight() throws Exception {
        try (TestNode node = TestNode.started("n1", folder, c -> c.withInFlightLimit(3))) {
            node.addAlone(A);
            CountDownLatch gate = new CountDownLatch(1);
            node.faults(A).beforeApply = () -> await(gate);
            List<CompletableFuture<ProposeResult>> held = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                held.add(node.node.propose(A, new byte[] {'a'}));
            }
            assertThat(node.propose(A, "b")).isInstanceOf(ProposeResult.Unavailable.class);
            gate.countDown();
            for (CompletableFuture<ProposeResult> result : held) {
                assertThat(result.get(20, TimeUnit.SECONDS))
                        .isInstanceOf(ProposeResult.Applied.class);
            }
            assertThat(node.answer(A, "c")).isEqualTo("4:c");
        }
    }

    @Test
    void answersWithinTheRequestTimeoutWhateverHappens() throws Exception {
        Timing hasty =
                new Timing(
                        Duration.ofMillis(100),
                        Duration.ofMillis(200),
                        Duration.ofMillis(100),
                        Duration.ofMillis(200),
                        Duration.ofMillis(200));
        try (TestNode node =
                TestNode.started("n1", folder, c -> c.withTiming(hasty).withInFlightLimit(1))) {
            node.addAlone(A);
            CountDownLatch gate = new CountDownLatch(1);
            node.faults(A).beforeApply = () -> await(gate);
            assertThat(node.propose(A, "a")).isInstanceOf(ProposeResult.Unavailable.class);
            // It still is in flight: the limit counts what Ratis holds, not who waits.
            assertThat(node.propose(A, "b")).isInstanceOf(ProposeResult.Unavailable.class);
            gate.countDown();
            TestNode.eventually("a is applied", () -> node.state(A).entries().contains("a"));
            TestNode.eventually(
                    "its place is free",
                    () -> node.propose(A, "c") instanceof ProposeResult.Applied);
            // A slow disk may have had c asked for more than once.
            assertThat(node.state(A).entries()).startsWith("a", "c").containsOnly("a", "c");
        }
    }

    @Test
    void knowsOnlyItsGroups() throws Exception {
        try (TestNode node = TestNode.started("n1", folder)) {
            node.addAlone(A);
            assertThat(node.node.groups()).containsExactly(A);
            assertThat(node.propose(B, "x")).isEqualTo(new ProposeResult.UnknownGroup());
            assertThat(node.node.status(B)).isEqualTo(GroupStatus.absent());
            assertThatThrownBy(() -> node.node.snapshot(B)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void addingAndRemovingAreIdempotent() throws Exception {
        try (TestNode node = TestNode.started("n1", folder)) {
            node.addAlone(A);
            node.apply(A, "one");
            JournalState state = node.state(A);
            node.node.addGroup(A, List.of(node.self()));
            assertThat(node.state(A)).isSameAs(state);
            assertThat(node.answer(A, "two")).isEqualTo("2:two");

            node.node.removeGroup(A);
            node.node.removeGroup(A);
            assertThat(node.node.groups()).isEmpty();
            assertThat(node.propose(A, "x")).isEqualTo(new ProposeResult.UnknownGroup());
            assertThat(node.groupFolder(A)).doesNotExist();
            assertThat(folder.resolve("removed")).isEmptyDirectory();

            node.addAlone(A);
            assertThat(node.answer(A, "new")).isEqualTo("1:new");
        }
    }

    @Test
    void refusesMembersThatMakeNoSense() throws Exception {
        try (TestNode node = TestNode.started("n1", folder)) {
            Peer other = new Peer(new PeerId("n2"), "127.0.0.1", 1);
            assertThatThrownBy(() -> node.node.addGroup(A, List.of(other)))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> node.node.addGroup(A, List.of(node.self(), node.self())))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(node.node.groups()).isEmpty();
        }
    }

    @Test
    void groupsDoNotDisturbEachOther() throws Exception {
        try (TestNode node = TestNode.started("n1", folder)) {
            node.addAlone(A);
            node.addAlone(B);
            CountDownLatch gate = new CountDownLatch(1);
            node.faults(A).beforeApply = () -> await(gate);
            CompletableFuture<ProposeResult> held = node.node.propose(A, new byte[] {'a'});
            for (int i = 1; i <= 20; i++) {
                assertThat(node.answer(B, "b")).isEqualTo(i + ":b");
            }
            assertThat(held).isNotDone();
            gate.countDown();
            assertThat(held.get(20, TimeUnit.SECONDS)).isInstanceOf(ProposeResult.Applied.class);
            node.node.removeGroup(A);
            assertThat(node.answer(B, "b")).isEqualTo("21:b");
        }
    }

    @Test
    void answersAfterTheEnd() throws Exception {
        TestNode node = TestNode.started("n1", folder);
        node.addAlone(A);
        node.close();
        node.close();
        assertThat(node.propose(A, "x")).isInstanceOf(ProposeResult.Unavailable.class);
        assertThat(node.node.status(A)).isEqualTo(GroupStatus.absent());
        assertThatThrownBy(() -> node.node.addGroup(B, List.of(node.self())))
                .isInstanceOf(IOException.class);
    }

    private static void await(CountDownLatch gate) {
        try {
            if (!gate.await(20, TimeUnit.SECONDS)) {
                throw new IllegalStateException("the gate stayed closed");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
