package io.vectron.replication;

import io.vectron.replication.GroupFailure.Stage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Collection;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.apache.ratis.statemachine.StateMachineStorage;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.util.LifeCycle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts a {@link ReplicatedState} under Ratis.
 *
 * <p>Ratis replays from the latest <em>snapshot</em>, so entries that the state holds already come
 * again and are skipped here. A failed future would make Ratis skip the entry and go on: whatever
 * goes wrong in the state is thrown, which closes the replica for good, and remembered in {@link
 * #failure}, since a closed replica may still claim to lead.
 */
final class GroupStateMachine extends BaseStateMachine {
    private static final Logger LOG = LoggerFactory.getLogger(GroupStateMachine.class);

    /** A snapshot that failed, on a full disk perhaps, is not tried again with every entry. */
    private static final Duration SNAPSHOT_RETRY = Duration.ofSeconds(30);

    private final GroupId id;
    private final ReplicatedState state;
    private final AtomicBoolean leading = new AtomicBoolean();
    private final AtomicBoolean preparing = new AtomicBoolean();

    /** Ratis calls from one thread at a time, but a late close may come from another. */
    private final Object lock = new Object();

    /** Held for a moment only, also by callers that must not wait for the state. */
    private final Object failing = new Object();

    private final StateStorage storage = new StateStorage();
    private boolean closed; // under the lock
    private long seenIndex = RaftLog.INVALID_LOG_INDEX; // under the lock; replay has come so far
    private long snapshotNotBefore = System.nanoTime(); // under the lock

    private volatile @Nullable DivisionInfo info;
    private volatile @Nullable GroupFailure failure;
    private volatile @Nullable IOException snapshotFailure;
    private volatile boolean snapshotForced;
    private volatile long pausedAtIndex = Long.MAX_VALUE;
    private volatile long bytesSinceSnapshot;
    private volatile long entriesSinceSnapshot;
    private volatile long snapshotNanos = System.nanoTime();

    GroupStateMachine(GroupId id, ReplicatedState state) {
        this.id = id;
        this.state = state;
    }

    // ---- what the node asks ----

    /** Why the replica closed by itself. */
    @Nullable GroupFailure failure() {
        return failure;
    }

    RaftPosition applied() {
        return RaftTypes.position(getLastAppliedTermIndex());
    }

    RaftPosition snapshot() {
        Snapshots files = storage.files();
        return files == null ? RaftPosition.NONE : files.latest();
    }

    /** Why the last snapshot was not taken. */
    @Nullable IOException snapshotFailure() {
        return snapshotFailure;
    }

    /** Whether a received snapshot waits to be opened. */
    boolean installing() {
        return applied().index() <= pausedAtIndex && getLifeCycleState().isPausingOrPaused();
    }

    /** The next snapshot is taken even if the last try failed a moment ago. */
    void forceSnapshot() {
        snapshotForced = true;
    }

    boolean snapshotDue(SnapshotPolicy policy) {
        if (entriesSinceSnapshot == 0) {
            return false;
        }
        long age = System.nanoTime() - snapshotNanos;
        return entriesSinceSnapshot >= policy.entries()
                || bytesSinceSnapshot >= policy.bytes()
                || age >= policy.age().toNanos();
    }

    /** Whether the state is to be prepared for a snapshot now; one at a time. */
    boolean beginPreparing() {
        return failure == null && preparing.compareAndSet(false, true);
    }

    /** Beside the log: what the state writes now, the apply thread need not. */
    void prepareSnapshot() {
        try {
            state.prepareCheckpoint();
        } catch (IOException | RuntimeException e) {
            LOG.warn("group {} could not prepare a snapshot", id, e);
        } finally {
            preparing.set(false);
        }
    }

    // ---- life ----

    @Override
    public void initialize(RaftServer server, RaftGroupId group, RaftStorage raftStorage)
            throws IOException {
        super.initialize(server, group, raftStorage);
        // Kept, since Ratis no longer finds the division of a group that is being removed.
        info = server.getDivision(group).getInfo();
        getLifeCycle().startAndTransition(() -> start(raftStorage));
    }

    /** Never throws: one group that does not open must not keep the others of the node down. */
    private void start(RaftStorage raftStorage) {
        synchronized (lock) {
            Snapshots files = new Snapshots(raftStorage.getStorageDir().getRoot().toPath());
            storage.use(files);
            try {
                files.recover();
            } catch (IOException | RuntimeException e) {
                fail(Stage.SNAPSHOT, "tidy up", e);
                return;
            }
            open(files);
        }
    }

    private void open(Snapshots files) {
        RaftPosition latest = files.latest();
        RaftPosition at = RaftPosition.NONE;
        Stage stage = Stage.OPEN;
        try {
            if (latest.isNone() || Files.exists(files.live())) {
                Files.createDirectories(files.live());
                at = state.open(files.live());
            }
            if (latest.isAfter(at)) {
                stage = Stage.SNAPSHOT;
                at = rebuild(files);
            }
        } catch (IOException | RuntimeException e) {
            fail(stage, "open", e);
            return;
        }
        setLastAppliedTermIndex(RaftTypes.raft(at));
        LOG.debug("group {} opened at {}, latest snapshot {}", id, at, latest);
    }

    private RaftPosition rebuild(Snapshots files) throws IOException {
        state.close();
        files.rebuildLive(state::restore);
        RaftPosition at = state.open(files.live());
        if (!at.equals(files.latest())) {
            throw new IOException(
                    "the state opens at " + at + " from the snapshot at " + files.latest());
        }
        return at;
    }

    /**
     * A received snapshot is about to be put in place. The state stays open until {@link
     * #reinitialize}, which runs on the apply thread: should entries still be applied in between,
     * they find it as it was, and no lock is needed.
     */
    @Override
    public void pause() {
        if (getLifeCycleState() == LifeCycle.State.PAUSED) {
            return;
        }
        pausedAtIndex = applied().index();
        getLifeCycle().transition(LifeCycle.State.PAUSING);
        getLifeCycle().transition(LifeCycle.State.PAUSED);
    }

    @Override
    public void reinitialize() throws IOException {
        synchronized (lock) {
            Snapshots files = Objects.requireNonNull(storage.files(), "not initialized");
            try {
                state.close();
                files.adopt();
                files.sync();
            } catch (IOException | RuntimeException e) {
                fail(Stage.SNAPSHOT, "install a snapshot", e);
                throw e;
            }
            open(files);
            GroupFailure failed = failure;
            if (failed != null) {
                throw new IOException("the snapshot does not open", failed.cause());
            }
            seenIndex = Math.max(seenIndex, files.latest().index());
            snapshotTaken();
        }
        if (getLifeCycleState() == LifeCycle.State.PAUSED) {
            getLifeCycle().transition(LifeCycle.State.STARTING);
            getLifeCycle().transition(LifeCycle.State.RUNNING);
        }
        pausedAtIndex = Long.MAX_VALUE;
        LOG.info("group {} installed a snapshot of its leader, now at {}", id, applied());
    }

    /** Also called by the node, for a group that Ratis never started. */
    @Override
    public void close() throws IOException {
        synchronized (lock) {
            if (!closed) {
                closed = true;
                state.close();
            }
        }
        getLifeCycle().checkStateAndClose();
    }

    // ---- the log ----

    @Override
    public CompletableFuture<Message> applyTransaction(TransactionContext transaction) {
        LogEntryProto raftEntry = transaction.getLogEntry();
        ByteString entry = raftEntry.getStateMachineLogEntry().getLogData();
        synchronized (lock) {
            seenIndex = raftEntry.getIndex();
            bytesSinceSnapshot += entry.size();
            entriesSinceSnapshot++;
            if (raftEntry.getIndex() <= getLastAppliedTermIndex().getIndex()) {
                return CompletableFuture.completedFuture(Message.EMPTY);
            }
            RaftPosition at = new RaftPosition(raftEntry.getTerm(), raftEntry.getIndex());
            byte[] answer = apply(at, entry.asReadOnlyByteBuffer());
            if (answer == null) {
                return CompletableFuture.failedFuture(new IOException("group " + id + " failed"));
            }
            updateLastAppliedTermIndex(RaftTypes.raft(at));
            return CompletableFuture.completedFuture(Answers.encode(at, answer));
        }
    }

    /**
     * Null once the group has failed. Its position stays where it is, and the node closes it.
     * Nothing is thrown: Ratis would close the division, too, and if both do so at once its updater
     * neither applies nor ends, so that who closes waits for ever.
     */
    private byte @Nullable [] apply(RaftPosition at, ByteBuffer entry) {
        if (failure != null) {
            return null;
        }
        try {
            return Objects.requireNonNull(state.apply(at, entry), "apply returned no answer");
        } catch (IOException | RuntimeException | Error e) {
            fail(Stage.APPLY, "apply " + at, e);
            return null;
        }
    }

    /** Ratis tells of its own entries here, those below our position too. */
    @Override
    public void notifyTermIndexUpdated(long term, long index) {
        synchronized (lock) {
            seenIndex = index;
            if (index <= getLastAppliedTermIndex().getIndex() || failure != null) {
                return;
            }
            RaftPosition at = new RaftPosition(term, index);
            try {
                state.advanced(at);
            } catch (RuntimeException | Error e) {
                fail(Stage.APPLY, "advance to " + at, e);
                return;
            }
            updateLastAppliedTermIndex(RaftTypes.raft(at));
        }
    }

    /** The log could not be written: nothing is acknowledged any longer. */
    @Override
    public void notifyLogFailed(Throwable cause, LogEntryProto failedEntry) {
        fail(Stage.LOG_WRITE, "write the log", cause);
    }

    /** The first failure counts. The replica answers nothing from now on. */
    void fail(Stage stage, String what, Throwable cause) {
        synchronized (failing) {
            if (failure != null) {
                return;
            }
            failure = new GroupFailure(stage, cause);
        }
        LOG.error("group {} closes: could not {}", id, what, cause);
        try {
            state.failed(new GroupFailure(stage, cause));
        } catch (RuntimeException e) {
            LOG.warn("group {} could not tell its state of the failure", id, e);
        }
    }

    // ---- snapshots ----

    @Override
    public long takeSnapshot() {
        synchronized (lock) {
            Snapshots files = storage.files();
            RaftPosition at = applied();
            // Ratis refuses a snapshot beyond what it has replayed.
            if (files == null || closed || failure != null || at.isNone()) {
                return RaftLog.INVALID_LOG_INDEX;
            }
            if (seenIndex < at.index()) {
                return RaftLog.INVALID_LOG_INDEX;
            }
            if (!at.isAfter(files.latest())) {
                return files.latest().index();
            }
            if (!snapshotForced && System.nanoTime() - snapshotNotBefore < 0) {
                return RaftLog.INVALID_LOG_INDEX;
            }
            return takeSnapshot(files, at);
        }
    }

    private long takeSnapshot(Snapshots files, RaftPosition at) {
        snapshotForced = false;
        long begin = System.nanoTime();
        try {
            files.take(at, target -> state.checkpoint(at, target));
        } catch (IOException e) {
            // The state is as it was, and the log is still there: serving goes on.
            snapshotFailure = e;
            snapshotNotBefore = System.nanoTime() + SNAPSHOT_RETRY.toNanos();
            LOG.warn("group {} could not take a snapshot at {}", id, at, e);
            return RaftLog.INVALID_LOG_INDEX;
        } catch (RuntimeException | Error e) {
            fail(Stage.SNAPSHOT, "checkpoint " + at, e);
            return RaftLog.INVALID_LOG_INDEX;
        }
        snapshotTaken();
        long millis = (System.nanoTime() - begin) / 1_000_000;
        LOG.debug("group {} took a snapshot at {} in {} ms", id, at, millis);
        return at.index();
    }

    private void snapshotTaken() {
        snapshotFailure = null;
        bytesSinceSnapshot = 0;
        entriesSinceSnapshot = 0;
        snapshotNanos = System.nanoTime();
    }

    @Override
    public @Nullable SnapshotInfo getLatestSnapshot() {
        return storage.getLatestSnapshot();
    }

    @Override
    public StateMachineStorage getStateMachineStorage() {
        return storage;
    }

    // ---- leadership ----

    @Override
    public void notifyLeaderReady() {
        if (leading.compareAndSet(false, true)) {
            tellLeadership(true);
        }
    }

    @Override
    public void notifyNotLeader(Collection<TransactionContext> pendingEntries) {
        if (leading.compareAndSet(true, false)) {
            tellLeadership(false);
        }
    }

    private void tellLeadership(boolean leader) {
        DivisionInfo known = Objects.requireNonNull(info, "not initialized");
        long term = known.getCurrentTerm();
        try {
            LOG.debug("group {} {} at term {}", id, leader ? "leads" : "leads no more", term);
            state.leadership(leader, term);
        } catch (RuntimeException e) {
            LOG.warn("group {} could not tell its state of leadership", id, e);
        }
    }
}
