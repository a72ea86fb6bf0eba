package io.vectron.replication;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Members that show one another certificates, and somebody who has none, or another one. */
final class TlsTest {
    private static final GroupId A = TestNode.group(1);

    @TempDir Path folder;
    private final List<TestNode> nodes = new ArrayList<>();

    @AfterEach
    void close() throws IOException {
        for (TestNode node : nodes) {
            node.close();
        }
    }

    private TestNode start(String id, @Nullable Tls tls) throws IOException {
        TestNode node = TestNode.started(id, folder.resolve(id), config -> config.withTls(tls));
        nodes.add(node);
        return node;
    }

    @Test
    void onlyWhoShowsTheRightCertificateIsHeard() throws Exception {
        Tls ours = Certificates.selfSigned(folder.resolve("ours"));
        Tls strangers = Certificates.selfSigned(folder.resolve("strangers"));
        List<Peer> members = new ArrayList<>();
        for (String id : List.of("n1", "n2", "n3")) {
            members.add(start(id, ours).self());
        }
        for (TestNode node : nodes) {
            node.node.addGroup(A, members);
        }
        TestNode.eventually(
                "a leader", () -> nodes.stream().anyMatch(node -> node.node.status(A).leads()));
        TestNode leader =
                nodes.stream().filter(it -> it.node.status(A).leads()).findFirst().orElseThrow();
        leader.awaitLeader(A);
        assertThat(leader.answer(A, "one")).isEqualTo("1:one");
        for (TestNode node : nodes) {
            TestNode.eventually("replicated", () -> node.state(A).entries().equals(List.of("one")));
        }
        TestNode follower = nodes.stream().filter(node -> node != leader).findFirst().orElseThrow();
        TestNode.eventually(
                "forwarded",
                () ->
                        follower.node.proposeThroughLeader(A, "two".getBytes(UTF_8))
                                instanceof ProposeResult.Applied);

        for (@Nullable Tls other : new @Nullable Tls[] {null, strangers}) {
            assertThat(
                            Forwarding.propose(
                                    A, members, leader.self(), other, "three".getBytes(UTF_8)))
                    .isInstanceOf(ProposeResult.Unavailable.class);
        }
        // A slow machine may have had two forwarded more than once.
        assertThat(leader.state(A).entries()).startsWith("one", "two").containsOnly("one", "two");
    }

    @Test
    void whoHasNoCertificateDoesNotBecomeAMember() throws Exception {
        TestNode member = start("n1", Certificates.selfSigned(folder.resolve("ours")));
        member.addAlone(A);
        member.apply(A, "secret");
        TestNode stranger = start("n2", null);
        stranger.node.addGroup(A, List.of());

        CompletableFuture<MembershipResult> change =
                member.node.changeMembers(
                        A,
                        new Membership(List.of(member.self()), List.of()),
                        new Membership(List.of(member.self(), stranger.self()), List.of()));

        assertThat(change.get()).isInstanceOf(MembershipResult.Unavailable.class);
        assertThat(stranger.state(A).entries()).isEmpty();
    }

    @Test
    void filesThatCannotBeReadAreRefused() {
        Path missing = folder.resolve("missing");
        assertThatThrownBy(() -> new Tls(missing, missing, missing))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("key cannot be read");
    }
}
