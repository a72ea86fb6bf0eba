package io.vectron.standalone.simulation;

import io.vectron.proto.log.v1.ShardEntry;
import io.vectron.replication.RaftPosition;
import io.vectron.standalone.simulation.SimulatedIndex.IndexFolder;
import io.vectron.worker.shard.ApplyResult;
import io.vectron.worker.shard.DigestCheck;
import io.vectron.worker.shard.DigestVotes.Noted;
import io.vectron.worker.shard.DigestVotes.Verdict;
import io.vectron.worker.shard.ShardCore;
import io.vectron.worker.shard.ShardFacts;
import io.vectron.worker.shard.ShardState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One replica: the real state machine over a store that forgets, an index with files, and a Raft
 * log that does not forget. Does what the product's replica does around the state machine.
 */
final class SimulatedReplica implements RaftMember.State {
    private final Simulation world;
    private final ShardFacts facts;
    private final RaftMember raft;
    private final Sabotage sabotage;

    // the disk
    private final MemoryStore store = new MemoryStore();
    private final IndexFolder folder = new IndexFolder();
    private @Nullable Checkpoint latest;
    private @Nullable Stopped stopped;
    private final Corruption corruption = new Corruption();

    // the memory; nothing while the worker is down or the replica is stopped
    private boolean scrubbed;
    private @Nullable Running running;
    private long entriesSinceCheckpoint;

    /** Why a replica answers nothing any more; it is written down. */
    enum Stopped {
        QUARANTINED,
        FAILED
    }

    /** What is open. */
    private record Running(ShardCore core, SimulatedIndex index, IndexUpkeep upkeep) {}

    SimulatedReplica(Simulation world, ShardFacts facts, String worker) {
        this.world = world;
        this.facts = facts;
        this.sabotage = new Sabotage(world.bug());
        this.raft = new RaftMember(worker, this);
        open();
    }

    String worker() {
        return raft.name();
    }

    ShardFacts facts() {
        return facts;
    }

    RaftMember raft() {
        return raft;
    }

    MemoryStore store() {
        return store;
    }

    SimulatedIndex index() {
        return running().index();
    }

    boolean isOpen() {
        return running != null;
    }

    @Nullable Stopped stopped() {
        return stopped;
    }

    Corruption corruption() {
        return corruption;
    }

    /** Whether its rows were changed behind its back, so that it may answer anything. */
    boolean isDamaged() {
        return corruption.isDamaged();
    }

    ShardState state() {
        return running().core().state();
    }

    @Nullable Noted noted() {
        return running().core().noted();
    }

    /** Whether it was scrubbed since it was opened. */
    boolean scrubbed() {
        return scrubbed;
    }

    @Override
    public RaftPosition applied() {
        return state().applied();
    }

    private Running running() {
        return Objects.requireNonNull(running, "not open");
    }

    /** A bug: one that believes to be this one, and remembers nothing. */
    SimulatedReplica withEmptyMemory() {
        SimulatedReplica empty = new SimulatedReplica(world, facts, worker());
        empty.raft.log().reset(new RaftLog.Base(RaftPosition.NONE, raft.log().voters()));
        return empty;
    }

    // ---- life ----

    /** The process ends without a word. */
    void crash() {
        running = null;
        corruption.crash();
        store.crash();
        latest = sabotage.checkpointAfterCrash(latest);
        raft.crash();
        world.judge().closed(this);
    }

    /** Comes back on what the disk holds. */
    void open() {
        if (stopped != null) {
            return;
        }
        try {
            RaftPosition at = openStore();
            Checkpoint finished = latest;
            if (finished != null && finished.base().position().isAfter(at)) {
                unpack(finished);
                at = openStore();
                note(Happening.LIVE_REBUILT, "at " + at);
            }
            if (at.index() + 1 < raft.log().first()) {
                throw new IOException("opens at " + at + ", log from " + raft.log().first());
            }
        } catch (IOException | RuntimeException e) {
            failed(Invariant.DURABLE_IS_DURABLE, e);
        }
    }

    private RaftPosition openStore() throws IOException {
        SimulatedIndex index =
                new SimulatedIndex(folder, world.bug(), (at, found) -> published(at, found));
        ShardCore core = ShardCore.open(facts, store, index);
        compare(core.state(), index);
        scrubbed = false;
        running = new Running(core, index, new IndexUpkeep(index, store, world.bug(), this::note));
        return core.state().applied();
    }

    /** As the product does: rows that are in files are no longer looked for in the store. */
    private static void compare(ShardState state, SimulatedIndex index) throws IOException {
        if (index.live() != state.rows()) {
            throw new IOException(state.rows() + " rows, " + index.live() + " in the index");
        }
    }

    private void unpack(Checkpoint checkpoint) {
        store.replace(sabotage.unpacked(checkpoint.rows(), store));
        folder.publish(checkpoint.files());
        corruption.replaced(checkpoint.damaged());
    }

    /** What the leader sent takes the place of everything. */
    void install(Checkpoint checkpoint) {
        latest = checkpoint;
        raft.installed(checkpoint.base());
        entriesSinceCheckpoint = 0;
        if (world.faulty(12)) {
            world.worker(worker()).crash(50); // it lies there, and is not yet unpacked
            return;
        }
        running = null;
        unpack(checkpoint);
        open();
        note(Happening.SNAPSHOT_INSTALLED, "at " + checkpoint.base().position());
    }

    /** Something goes wrong that may only go wrong where something was damaged. */
    private void failed(Invariant otherwise, Exception found) {
        if (found instanceof Violation violation) {
            throw violation;
        }
        if (!isDamaged()) {
            throw new Violation(otherwise, worker() + ": " + found);
        }
        stop(Stopped.FAILED, String.valueOf(found.getMessage()));
    }

    private void stop(Stopped why, String what) {
        if (!isDamaged()) {
            throw new Violation(Invariant.ONLY_DAMAGE_IS_FOUND, worker() + " " + why + ": " + what);
        }
        stopped = why;
        running = null;
        raft.follow(raft.term());
        world.judge().closed(this);
        note(why == Stopped.FAILED ? Happening.FAILED : Happening.QUARANTINED, what);
    }

    // ---- the log ----

    @Override
    public @Nullable ApplyResult apply(RaftPosition at, ShardEntry entry) {
        Running open = running();
        ShardState before = open.core().state();
        ShardEntry given = sabotage.entry(at, entry, before);
        ShardEntry arrived = corruption.entry(given, before.position());
        if (!arrived.equals(given)) {
            note(Happening.ROW_DAMAGED, "a batch arrives otherwise");
        }
        ApplyResult result;
        try {
            result = open.core().apply(at, arrived);
        } catch (IOException | RuntimeException e) {
            failed(Invariant.ANSWERS_EQUAL_THE_LOG, e);
            return null;
        }
        entriesSinceCheckpoint++;
        world.judge().applied(this, at, entry, before, result);
        return judge(open.core().verdict()) ? result : null;
    }

    /** False if the replica is no more. */
    private boolean judge(Verdict verdict) {
        switch (verdict) {
            case Verdict.Open() -> {}
            case Verdict.Agreed(Noted same) ->
                    note(Happening.DIGESTS_AGREED, "at " + same.position());
            case Verdict.Split(long position) -> note(Happening.DIGESTS_SPLIT, "at " + position);
            case Verdict.Outvoted(Noted own, Noted majority) -> {
                stop(Stopped.QUARANTINED, "outvoted at " + own.position());
                return false;
            }
        }
        return true;
    }

    @Override
    public void advanced(RaftPosition at) {
        running().core().advanced(at);
    }

    private void published(long position, Map<String, Found> visible) {
        world.judge().published(this, position, visible);
    }

    // ---- what goes on in the background ----

    /** Goes on with seals and merges. */
    void upkeep() {
        running().upkeep().step();
    }

    /** Takes a checkpoint once enough was applied, and lets go of the log before it. */
    void checkpoint(long every, long kept) {
        RaftPosition at = applied();
        if (entriesSinceCheckpoint < every || at.isNone()) {
            return;
        }
        entriesSinceCheckpoint = 0;
        try {
            running().core().persist();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        // Background work does not wait for a checkpoint.
        var linkedFirst = folder.files();
        MemoryStore.Contents rows = null;
        if (world.bug() != Bug.LINKED_BEFORE_ROWS) {
            rows = sabotage.checkpoint(store);
        }
        for (int steps = world.random().nextInt(6); steps > 0; steps--) {
            upkeep();
        }
        var files = rows == null ? linkedFirst : folder.files();
        RaftLog.Base base = new RaftLog.Base(at, raft.log().votersAt(at.index()));
        boolean wrong = world.judge().differs(this);
        Checkpoint next =
                new Checkpoint(
                        base,
                        rows == null ? sabotage.checkpoint(store) : rows,
                        files,
                        wrong,
                        wrong && corruption.isUnseen());
        sabotage.replaced(latest);
        latest = next;
        long through = at.index() - kept;
        if (through >= raft.log().first()) {
            raft.log().purge(through);
        }
        note(Happening.CHECKPOINT_TAKEN, "at " + at + ", log from " + raft.log().first());
    }

    /** The newest checkpoint, to be sent to others. */
    @Nullable Checkpoint latest() {
        return latest;
    }

    /** Computes the digest from the rows; a mismatch stops the replica. */
    void scrub() {
        note(Happening.SCRUBBED, "");
        try {
            DigestCheck check = DigestCheck.of(store.view());
            if (!check.matches()) {
                stop(Stopped.QUARANTINED, check.describe());
                return;
            }
            compare(state(), index());
            scrubbed = true;
        } catch (IOException e) {
            stop(Stopped.QUARANTINED, String.valueOf(e.getMessage()));
        }
    }

    // ---- faults ----

    /** Changes a row behind its back, at once or in the next batch. */
    void damage(Damage how) {
        switch (how) {
            case ROW_LOST, ROW_CHANGED -> {
                if (state().rows() > 0) {
                    String victim = corruption.change(how, store, world.random());
                    note(Happening.ROW_DAMAGED, how + " " + victim);
                }
            }
            case BATCH_CHANGED -> corruption.changeNext();
        }
    }

    private void note(Happening what, String detail) {
        world.note(what, worker(), detail);
    }
}
