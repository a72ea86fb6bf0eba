package io.vectron.replication;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ThreeMembersTest {
    private static final GroupId A = TestNode.group(1);

    @TempDir Path folder;
    private final List<TestNode> nodes = new ArrayList<>();

    @AfterEach
    void close() throws IOException {
        for (TestNode node : nodes) {
            node.close();
        }
    }

    @Test
    void electReplicateAndPointToTheLeader() throws Exception {
        List<Peer> members = List.of(start("n1"), start("n2"), start("n3"));
        for (TestNode node : nodes) {
            node.node.addGroup(A, members);
        }
        TestNode leader = leader();
        for (int i = 1; i <= 20; i++) {
            assertThat(leader.answer(A, "e")).isEqualTo(i + ":e");
        }
        for (TestNode node : nodes) {
            TestNode.eventually("replicated", () -> node.state(A).entries().size() == 20);
            TestNode.eventually(
                    "knows the leader", () -> leader.self().equals(node.node.status(A).leader()));
            assertThat(node.node.status(A).members()).containsExactlyInAnyOrderElementsOf(members);
        }
        TestNode follower = other(leader);
        assertThat(follower.propose(A, "x")).isEqualTo(new ProposeResult.NotLeader(leader.self()));
        assertThat(change(follower, members, members).get(20, TimeUnit.SECONDS))
                .isEqualTo(new MembershipResult.NotLeader(leader.self()));
    }

    @Test
    void goOnWithoutTheLeaderThatLeft() throws Exception {
        List<Peer> members = List.of(start("n1"), start("n2"), start("n3"));
        for (TestNode node : nodes) {
            node.node.addGroup(A, members);
        }
        TestNode first = leader();
        first.apply(A, "one");
        first.close();
        nodes.remove(first);
        TestNode second = leader();
        assertThat(second.answer(A, "two")).isEqualTo("2:two");

        TestNode again = TestNode.started(first.config);
        nodes.add(again);
        TestNode.eventually(
                "caught up", () -> again.state(A).entries().equals(List.of("one", "two")));
        assertThat(again.state(A).leadership).doesNotContain(true);
    }

    @Test
    void failedLeaderGivesItsPlaceToAnother() throws Exception {
        List<Peer> members = List.of(start("n1"), start("n2"), start("n3"));
        for (TestNode node : nodes) {
            node.node.addGroup(A, members);
        }
        TestNode first = leader();
        first.apply(A, "one");
        first.faults(A).onApply = new IOException("only here");
        assertThat(first.propose(A, "two")).isInstanceOf(ProposeResult.Unavailable.class);
        nodes.remove(first);
        try (first) {
            TestNode second = leader();
            assertThat(second.answer(A, "three")).isEqualTo("3:three");
            assertThat(second.state(A).entries()).containsExactly("one", "two", "three");
            assertThat(first.node.status(A).lifecycle()).isEqualTo(GroupStatus.Lifecycle.FAILED);
        }
    }

    @Test
    void newMemberGetsASnapshotAndThenTheLog() throws Exception {
        List<Peer> two = List.of(start("n1"), start("n2"));
        for (TestNode node : nodes) {
            node.node.addGroup(A, two);
        }
        TestNode leader = leader();
        String long1k = "x".repeat(1000);
        for (int i = 0; i < 60; i++) {
            leader.apply(A, i + long1k);
        }
        long snapshot = leader.node.snapshot(A);
        awaitPurged(leader);

        List<Peer> three = new ArrayList<>(two);
        three.add(start("n3"));
        TestNode joiner = nodes.get(2);
        joiner.node.addGroup(A, List.of());
        changeTo(Membership.of(two), Membership.of(three));
        leader.apply(A, "last");

        TestNode.eventually(
                "caught up", () -> joiner.state(A).entries().equals(leader.state(A).entries()));
        assertThat(joiner.node.status(A).snapshot().index()).isEqualTo(snapshot);
        assertThat(joiner.node.status(A).lifecycle()).isEqualTo(GroupStatus.Lifecycle.RUNNING);
        assertThat(joiner.state(A).appliedHere).hasSizeLessThan(5);
        assertThat(leader.node.status(A).members()).containsExactlyInAnyOrderElementsOf(three);
        // And it takes snapshots of its own on top, and survives a restart.
        assertThat(joiner.node.snapshot(A)).isGreaterThan(snapshot);
        joiner.close();
        nodes.remove(joiner);
        TestNode again = TestNode.started(joiner.config);
        nodes.add(again);
        TestNode.eventually(
                "back", () -> again.state(A).entries().equals(leader.state(A).entries()));
    }

    @Test
    void wipedMemberIsRemovedAndJoinsAgain() throws Exception {
        List<Peer> members = List.of(start("n1"), start("n2"), start("n3"));
        for (TestNode node : nodes) {
            node.node.addGroup(A, members);
        }
        for (int i = 0; i < 10; i++) {
            apply("e" + i);
        }
        TestNode wiped = other(leader());
        List<Peer> rest = members.stream().filter(peer -> !peer.equals(wiped.self())).toList();
        changeTo(Membership.of(members), Membership.of(rest));
        // Asked again, as after a crash of whoever asked.
        changeTo(Membership.of(members), Membership.of(rest));
        wiped.node.removeGroup(A);
        wiped.node.addGroup(A, List.of());
        changeTo(Membership.of(rest), Membership.of(members));
        apply("last");
        TestNode.eventually(
                "caught up", () -> wiped.state(A).entries().equals(leader().state(A).entries()));
        assertThat(wiped.state(A).entries()).contains("e0", "e9", "last");
    }

    @Test
    void refusesAChangeOfMembersThatAreOthers() throws Exception {
        List<Peer> members = List.of(start("n1"), start("n2"), start("n3"));
        for (TestNode node : nodes) {
            node.node.addGroup(A, members);
        }
        Membership all = Membership.of(members);
        Membership two = Membership.of(members.subList(0, 2));
        Membership one = Membership.of(members.subList(0, 1));
        TestNode.eventually(
                "refused",
                () ->
                        leader().node.changeMembers(A, two, one).join()
                                        instanceof MembershipResult.OtherMembers(var now)
                                && now.isSame(all));
    }

    @Test
    void listenerFollowsAndNeverVotes() throws Exception {
        List<Peer> voters = List.of(start("n1"), start("n2"));
        for (TestNode node : nodes) {
            node.node.addGroup(A, voters);
        }
        apply("one");
        Peer listener = start("n3");
        TestNode follower = nodes.get(2);
        follower.node.addListener(A);
        Membership wanted = new Membership(voters, List.of(listener));
        changeTo(Membership.of(voters), wanted);
        apply("two");
        TestNode.eventually("follows", () -> follower.state(A).entries().contains("two"));
        assertThat(follower.node.status(A).role()).isEqualTo(GroupStatus.Role.LISTENER);
        GroupStatus seen = leader().node.status(A);
        assertThat(new Membership(seen.members(), seen.listeners()).isSame(wanted)).isTrue();
        // A restart makes it no voter.
        follower.close();
        nodes.remove(follower);
        apply("three");
        TestNode again = TestNode.started(follower.config);
        nodes.add(again);
        TestNode.eventually("follows again", () -> again.state(A).entries().contains("three"));
        assertThat(again.node.status(A).role()).isEqualTo(GroupStatus.Role.LISTENER);
    }

    /** Applies an entry, however often the leader changes meanwhile. */
    private void apply(String entry) {
        TestNode.eventually(
                entry + " is applied",
                () -> leader().propose(A, entry) instanceof ProposeResult.Applied);
    }

    private void changeTo(Membership expected, Membership wanted) {
        TestNode.eventually(
                "members are " + wanted,
                () ->
                        leader().node.changeMembers(A, expected, wanted).join()
                                instanceof MembershipResult.Changed);
    }

    @Test
    void fallenBehindMemberIsReplacedByASnapshotWhileOpen() throws Exception {
        List<Peer> members = List.of(start("n1"), start("n2"), start("n3"));
        for (TestNode node : nodes) {
            node.node.addGroup(A, members);
        }
        TestNode leader = leader();
        leader.apply(A, "early");
        TestNode away = other(leader);
        TestNode.eventually("has it", () -> away.state(A).entries().equals(List.of("early")));
        away.close();
        nodes.remove(away);
        String long1k = "x".repeat(1000);
        for (int i = 0; i < 60; i++) {
            leader().apply(A, i + long1k);
        }
        for (TestNode node : nodes) {
            node.node.snapshot(A);
        }
        nodes.forEach(ThreeMembersTest::awaitPurged);
        TestNode back = TestNode.started(away.config);
        nodes.add(back);
        TestNode.eventually("caught up", () -> back.state(A).entries().size() == 61);
        assertThat(back.state(A).opened.size()).isGreaterThan(1);
        assertThat(back.state(A).entries()).isEqualTo(leader().state(A).entries());
    }

    /** A snapshot is answered for before the log behind it is removed. */
    private static void awaitPurged(TestNode node) {
        TestNode.eventually(
                "the log is purged",
                () ->
                        Folders.list(node.groupFolder(A).resolve("current")).stream()
                                .noneMatch(p -> p.getFileName().toString().startsWith("log_0-")));
    }

    private static CompletableFuture<MembershipResult> change(
            TestNode node, List<Peer> expected, List<Peer> wanted) {
        return node.node.changeMembers(A, Membership.of(expected), Membership.of(wanted));
    }

    private Peer start(String id) throws IOException {
        TestNode node = TestNode.started(id, folder.resolve(id));
        nodes.add(node);
        return node.self();
    }

    private TestNode leader() {
        AtomicReference<@Nullable TestNode> leader = new AtomicReference<>();
        try {
            TestNode.eventually(
                    "a leader",
                    () -> {
                        leader.set(nodes.stream().filter(this::leads).findFirst().orElse(null));
                        return leader.get() != null;
                    });
        } catch (AssertionError e) {
            List<GroupStatus> seen = nodes.stream().map(node -> node.node.status(A)).toList();
            throw new AssertionError(e.getMessage() + ", but " + seen, e);
        }
        return Objects.requireNonNull(leader.get());
    }

    private boolean leads(TestNode node) {
        return node.node.status(A).leads() && node.state(A).leadership.contains(true);
    }

    private TestNode other(TestNode leader) {
        return nodes.stream().filter(node -> node != leader).findFirst().orElseThrow();
    }
}
