package io.vectron.replication;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.vectron.common.rpc.FreePort;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;

/** A node with {@link JournalState}s, and how to talk to it. */
final class TestNode implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(30);

    /** Whoever waits for an election with these waits longer than a test does. */
    static final Timing PATIENT =
            new Timing(
                    Duration.ofMinutes(2),
                    Duration.ofMinutes(4),
                    Duration.ofMinutes(2),
                    Duration.ofMinutes(4),
                    Duration.ofMinutes(5));

    /** Small enough for several files of log in a test. */
    static final int ENTRY_LIMIT_BYTES = 4 << 10;

    private static final int SEGMENT_BYTES = 16 << 10;

    final ReplicationConfig config;
    final ReplicationNode node;
    final Map<GroupId, JournalState> states = new ConcurrentHashMap<>();
    final Map<GroupId, JournalState.Faults> faults = new ConcurrentHashMap<>();

    TestNode(ReplicationConfig config) {
        this.config = config;
        this.node =
                new ReplicationNode(
                        config,
                        id -> {
                            JournalState state = new JournalState(faults(id));
                            states.put(id, state);
                            return state;
                        });
    }

    static TestNode started(ReplicationConfig config) throws IOException {
        TestNode started = new TestNode(config);
        started.node.start();
        return started;
    }

    static TestNode started(String id, Path folder) throws IOException {
        return started(config(id, folder));
    }

    static TestNode started(String id, Path folder, UnaryOperator<ReplicationConfig> change)
            throws IOException {
        return started(change.apply(config(id, folder)));
    }

    /** Elects at once, and no leader is lost to a machine that pauses for a second or two. */
    private static final Timing STEADY =
            new Timing(
                    Duration.ofSeconds(3),
                    Duration.ofSeconds(4),
                    Duration.ofMillis(300),
                    Duration.ofMillis(800),
                    Duration.ofSeconds(15));

    static ReplicationConfig config(String id, Path folder) throws IOException {
        Peer self = new Peer(unique(id, folder), "127.0.0.1", FreePort.any());
        return ReplicationConfig.of(self, folder)
                .withEntryLimitBytes(ENTRY_LIMIT_BYTES)
                .withSegmentBytes(SEGMENT_BYTES)
                .withTiming(STEADY)
                .withSnapshots(new SnapshotPolicy(100_000, 256 << 20, Duration.ofHours(1), 0));
    }

    /** Ratis keeps metrics by member for the whole process, and tests run side by side. */
    private static PeerId unique(String id, Path folder) {
        for (Path part : folder) {
            if (part.toString().startsWith("junit")) {
                return new PeerId(id + "-" + part);
            }
        }
        throw new IllegalArgumentException("no temporary folder of a test: " + folder);
    }

    static GroupId group(int n) {
        return new GroupId(new UUID(0x5eedL, n));
    }

    Peer self() {
        return config.self();
    }

    JournalState.Faults faults(GroupId id) {
        return faults.computeIfAbsent(id, any -> new JournalState.Faults());
    }

    JournalState state(GroupId id) {
        JournalState state = states.get(id);
        assertThat(state).isNotNull();
        return Objects.requireNonNull(state);
    }

    /** Adds a group of which this node is the only member. */
    void addAlone(GroupId id) throws IOException {
        node.addGroup(id, List.of(self()));
        awaitLeader(id);
    }

    /** Leads and is ready: Ratis tells a moment after the election. */
    void awaitLeader(GroupId id) {
        eventually(
                "leader of " + id,
                () -> node.status(id).leads() && state(id).leadership.contains(true));
    }

    ProposeResult propose(GroupId id, String text) throws Exception {
        return node.propose(id, text.getBytes(UTF_8))
                .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    }

    ProposeResult.Applied apply(GroupId id, String text) throws Exception {
        ProposeResult result = propose(id, text);
        assertThat(result).isInstanceOf(ProposeResult.Applied.class);
        return (ProposeResult.Applied) result;
    }

    String answer(GroupId id, String text) throws Exception {
        return new String(apply(id, text).answer(), UTF_8);
    }

    Path groupFolder(GroupId id) {
        return config.folder().resolve("raft").resolve(id.toString());
    }

    @Override
    public void close() throws IOException {
        node.close();
    }

    /** What a machine that lost its power at this moment would find: the files as they are. */
    static void crashImage(Path from, Path to) throws IOException {
        Files.walkFileTree(
                from,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult preVisitDirectory(
                            Path dir, BasicFileAttributes attributes) throws IOException {
                        Files.createDirectories(to.resolve(from.relativize(dir).toString()));
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        Files.copy(file, to.resolve(from.relativize(file).toString()));
                        return FileVisitResult.CONTINUE;
                    }
                });
    }

    static void eventually(String what, Callable<Boolean> condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                if (condition.call()) {
                    return;
                }
            } catch (Exception e) {
                throw new AssertionError(what, e);
            }
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("not within " + PATIENCE + ": " + what);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }
}
