package io.vectron.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FailureTest {
    private static final GroupId A = TestNode.group(1);
    private static final GroupId B = TestNode.group(2);
    private final IOException disk = new IOException("the disk is on fire");

    @TempDir Path folder;

    @Test
    void errorInApplyClosesTheGroupAndItsStatusSaysSo() throws Exception {
        try (TestNode node = TestNode.started("n1", folder)) {
            node.addAlone(A);
            node.addAlone(B);
            node.apply(A, "good");
            node.faults(A).onApply = disk;

            assertThat(node.propose(A, "bad")).isInstanceOf(ProposeResult.Unavailable.class);

            GroupStatus status = node.node.status(A);
            assertThat(status.lifecycle()).isEqualTo(GroupStatus.Lifecycle.FAILED);
            assertThat(status.failure())
                    .isEqualTo(new GroupFailure(GroupFailure.Stage.APPLY, disk));
            assertThat(status.leads()).isFalse();
            TestNode.eventually(
                    "leadership is lost", () -> node.state(A).leadership.contains(false));
            node.faults(A).onApply = null;
            assertThat(node.propose(A, "after")).isInstanceOf(ProposeResult.Unavailable.class);
            assertThat(node.state(A).entries()).containsExactly("good");
            assertThat(node.answer(B, "other")).isEqualTo("1:other");
        }
    }

    @Test
    void entryThatFailedIsAppliedAfterARestart() throws Exception {
        try (TestNode node = TestNode.started("n1", folder)) {
            node.addAlone(A);
            node.apply(A, "good");
            node.faults(A).onApply = disk;
            assertThat(node.propose(A, "bad")).isInstanceOf(ProposeResult.Unavailable.class);
        }
        try (TestNode node = TestNode.started("n1", folder)) {
            node.awaitLeader(A);
            assertThat(node.state(A).entries()).containsExactly("good", "bad");
        }
    }

    @Test
    void bugInApplyClosesTheGroupToo() throws Exception {
        try (TestNode node = TestNode.started("n1", folder)) {
            node.addAlone(A);
            node.faults(A).beforeApply =
                    () -> {
                        throw new IllegalStateException("a bug");
                    };
            assertThat(node.propose(A, "x")).isInstanceOf(ProposeResult.Unavailable.class);
            assertThat(node.node.status(A).lifecycle()).isEqualTo(GroupStatus.Lifecycle.FAILED);
        }
    }

    @Test
    void failedGroupCanBeRemovedAndAddedAgain() throws Exception {
        try (TestNode node = TestNode.started("n1", folder)) {
            node.addAlone(A);
            node.faults(A).onApply = disk;
            assertThat(node.propose(A, "bad")).isInstanceOf(ProposeResult.Unavailable.class);
            node.faults(A).onApply = null;
            node.node.removeGroup(A);
            node.addAlone(A);
            assertThat(node.answer(A, "new")).isEqualTo("1:new");
        }
    }

    @Test
    void failedGroupIsOpenedAgainWithAllItHas() throws Exception {
        try (TestNode node = TestNode.started("n1", folder)) {
            node.addAlone(A);
            node.addAlone(B);
            node.apply(A, "good");
            node.faults(A).onApply = disk;
            assertThat(node.propose(A, "bad")).isInstanceOf(ProposeResult.Unavailable.class);

            node.faults(A).onOpen = disk;
            node.node.reopen(A);
            assertThat(node.node.status(A).failure())
                    .as("it fails once more")
                    .isEqualTo(new GroupFailure(GroupFailure.Stage.OPEN, disk));
            assertThat(node.answer(B, "other")).isEqualTo("1:other");

            node.faults(A).onOpen = null;
            node.faults(A).onApply = null;
            node.node.reopen(A);
            node.awaitLeader(A);
            assertThat(node.answer(A, "after")).isEqualTo("3:after");
            assertThat(node.state(A).entries()).containsExactly("good", "bad", "after");
        }
    }

    @Test
    void groupThatWorksIsNotOpenedAgain() throws Exception {
        try (TestNode node = TestNode.started("n1", folder)) {
            node.addAlone(A);
            JournalState state = node.state(A);
            node.node.reopen(A);
            assertThat(node.state(A)).isSameAs(state);
            assertThat(node.answer(A, "x")).isEqualTo("1:x");
        }
    }

    @Test
    void stateThatDoesNotOpenKeepsNoOtherDown() throws Exception {
        try (TestNode node = TestNode.started("n1", folder)) {
            node.addAlone(A);
            node.addAlone(B);
            node.apply(A, "a");
            node.apply(B, "b");
        }
        TestNode again = new TestNode(TestNode.config("n1", folder));
        again.faults(A).onOpen = disk;
        try (again) {
            again.node.start();
            assertThat(again.node.status(A).lifecycle()).isEqualTo(GroupStatus.Lifecycle.FAILED);
            assertThat(again.node.status(A).leads()).isFalse();
            assertThat(again.propose(A, "x")).isInstanceOf(ProposeResult.Unavailable.class);
            again.awaitLeader(B);
            assertThat(again.answer(B, "c")).isEqualTo("2:c");
        }
        try (TestNode node = TestNode.started("n1", folder)) {
            node.awaitLeader(A);
            assertThat(node.state(A).entries()).containsExactly("a");
        }
    }

    @Test
    void newGroupThatDoesNotOpenIsNotThere() throws Exception {
        try (TestNode node = TestNode.started("n1", folder)) {
            node.faults(A).onOpen = disk;
            assertThatThrownBy(() -> node.node.addGroup(A, List.of(node.self())))
                    .isInstanceOf(IOException.class)
                    .hasRootCause(disk);
            assertThat(node.node.groups()).isEmpty();
            assertThat(node.groupFolder(A)).doesNotExist();
            node.faults(A).onOpen = null;
            node.addAlone(A);
            assertThat(node.answer(A, "x")).isEqualTo("1:x");
        }
    }

    @Test
    void dataOfAGroupThatDoesNotRunIsLeftAlone() throws Exception {
        try (TestNode node = TestNode.started("n1", folder)) {
            Path data = Files.createDirectories(node.groupFolder(A).resolve("live"));
            assertThatThrownBy(() -> node.node.addGroup(A, List.of(node.self())))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("has data");
            assertThat(data).isDirectory();
            assertThat(node.node.groups()).isEmpty();
        }
    }

    @Test
    void failedSnapshotIsToldAndServingGoesOn() throws Exception {
        try (TestNode node = TestNode.started("n1", folder)) {
            node.addAlone(A);
            node.apply(A, "one");
            node.faults(A).onCheckpoint = disk;
            assertThatThrownBy(() -> node.node.snapshot(A)).hasRootCause(disk);
            assertThat(node.answer(A, "two")).isEqualTo("2:two");
            assertThat(node.node.status(A).leads()).isTrue();
            node.faults(A).onCheckpoint = null;
            assertThat(node.node.snapshot(A)).isPositive();
        }
    }

    @Test
    void takenPortIsAnErrorAndNotTheEndOfTheProcess() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Peer self = new Peer(new PeerId("n1"), "127.0.0.1", taken.getLocalPort());
            TestNode node = new TestNode(ReplicationConfig.of(self, folder));
            assertThatThrownBy(node.node::start).isInstanceOf(IOException.class);
            node.close();
        }
    }

    @Test
    void uncaughtExceptionsOfOthersDoNotEndTheProcess() throws Exception {
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        try (TestNode node = TestNode.started("n1", folder)) {
            assertThat(Thread.getDefaultUncaughtExceptionHandler()).isEqualTo(before);
            assertThat(node.node.groups()).isEmpty();
        }
    }
}
