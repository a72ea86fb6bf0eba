package io.vectron.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class ValuesTest {
    private static final Peer SELF = new Peer(new PeerId("n1"), "localhost", 7000);

    @Test
    void defaultsAreAsDocumented() {
        ReplicationConfig config = ReplicationConfig.of(SELF, Path.of("/data"));
        assertThat(config.entryLimitBytes()).isEqualTo(1_048_576);
        assertThat(config.inFlightLimit()).isEqualTo(64);
        assertThat(config.segmentBytes()).isEqualTo(16_777_216);
        assertThat(config.snapshots())
                .isEqualTo(new SnapshotPolicy(100_000, 268_435_456, Duration.ofMinutes(30), 1_000));
        assertThat(config.timing())
                .isEqualTo(
                        new Timing(
                                Duration.ofSeconds(2),
                                Duration.ofMillis(2_500),
                                Duration.ofMillis(300),
                                Duration.ofMillis(800),
                                Duration.ofSeconds(15)));
        assertThat(Timing.quick().electionMax()).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void configRejectsNonsense() {
        ReplicationConfig config = ReplicationConfig.of(SELF, Path.of("/data"));
        assertThatIllegalArgumentException().isThrownBy(() -> config.withEntryLimitBytes(0));
        assertThatIllegalArgumentException().isThrownBy(() -> config.withEntryLimitBytes(1 << 30));
        assertThatIllegalArgumentException().isThrownBy(() -> config.withInFlightLimit(0));
        assertThatIllegalArgumentException().isThrownBy(() -> config.withInFlightLimit(1 << 20));
        assertThatIllegalArgumentException().isThrownBy(() -> config.withSegmentBytes(1000));
    }

    @Test
    void policiesRejectNonsense() {
        Duration second = Duration.ofSeconds(1);
        assertThatIllegalArgumentException().isThrownBy(() -> new SnapshotPolicy(0, 1, second, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new SnapshotPolicy(1, 0, second, 0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SnapshotPolicy(1, 1, Duration.ZERO, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new SnapshotPolicy(1, 1, second, -1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Timing(second, second, second, second, second));
        Duration two = Duration.ofSeconds(2);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Timing(second, two, second, two, second));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Timing(Duration.ZERO, two, second, two, two));
    }

    @Test
    void idsRejectNonsense() {
        for (String id : List.of("", " ", "-a", "a b", "a/b", "x".repeat(64))) {
            assertThatIllegalArgumentException().isThrownBy(() -> new PeerId(id));
        }
        assertThatIllegalArgumentException().isThrownBy(() -> new GroupId(new UUID(0, 0)));
        assertThatIllegalArgumentException().isThrownBy(() -> new Peer(new PeerId("n"), "", 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new Peer(new PeerId("n"), "h", 0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Peer(new PeerId("n"), "h", 65_536));
    }

    @Test
    void positionsAreOrderedByIndex() {
        RaftPosition a = new RaftPosition(1, 5);
        RaftPosition b = new RaftPosition(2, 6);
        assertThat(b.isAfter(a)).isTrue();
        assertThat(a.isAfter(a)).isFalse();
        assertThat(a.isAfter(RaftPosition.NONE)).isTrue();
        assertThat(a).isLessThan(b);
        assertThatIllegalArgumentException().isThrownBy(() -> new RaftPosition(-1, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new RaftPosition(1, -1));
        assertThatIllegalArgumentException().isThrownBy(() -> new RaftPosition(0, -2));
    }

    @Test
    void peersSurviveTheWayThroughRatis() {
        Peer v6 = new Peer(new PeerId("n2"), "::1", 7001);
        for (Peer peer : List.of(SELF, v6)) {
            assertThat(RaftTypes.peer(RaftTypes.raft(peer))).isEqualTo(peer);
        }
        assertThat(RaftTypes.peers(RaftTypes.raft(List.of(SELF, v6)))).containsExactly(SELF, v6);
        assertThat(v6.address()).isEqualTo("[::1]:7001");
    }
}
