package io.vectron.worker.replica;

import com.google.protobuf.InvalidProtocolBufferException;
import io.vectron.index.Admission;
import io.vectron.index.IndexStats;
import io.vectron.index.sealed.Pace;
import io.vectron.proto.log.v1.ShardEntry;
import io.vectron.proto.worker.v1.BatchJourney;
import io.vectron.proto.worker.v1.ReplicaCondition;
import io.vectron.replication.GroupFailure;
import io.vectron.replication.RaftPosition;
import io.vectron.replication.ReplicatedState;
import io.vectron.worker.shard.ApplyResult;
import io.vectron.worker.shard.DigestCheck;
import io.vectron.worker.shard.DigestVotes.Noted;
import io.vectron.worker.shard.PointView;
import io.vectron.worker.shard.ShardCore;
import io.vectron.worker.shard.ShardFacts;
import io.vectron.worker.shard.ShardState;
import io.vectron.worker.storage.RocksPointStore;
import io.vectron.worker.storage.RocksResources;
import io.vectron.worker.trace.AppliedTimes;
import io.vectron.worker.trace.TraceMemory;
import io.vectron.worker.trace.TraceRing;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One replica: a {@link ShardCore} with a RocksDB store and a vector index, driven by its Raft
 * group and read by anybody.
 *
 * <p><b>Exact answers.</b> An answer needs the index (which ids are near) and the store (their
 * payloads) in the same state. After each entry the applier takes a snapshot of the store and
 * publishes it together with its position; the index publishes the position by itself a moment
 * before. A reader takes the newest snapshot, searches, and compares the positions: if an entry
 * came in between it tries again with the next snapshot. The window is the time between two reads
 * of a variable, so that is rare; and since a search never waits for the applier nor the applier
 * for a search, a reader that was unlucky several times gets {@link #readStill} in the end.
 */
public final class ShardReplica implements ReplicatedState {
    private static final Logger LOG = LoggerFactory.getLogger(ShardReplica.class);

    /** Folder of the index, within that of the store. */
    private static final String INDEX = "index";

    private final ShardFacts facts;
    private final RocksResources resources;
    private final VectorPointIndex.Maker indexes;
    private final Scrubber scrubber;
    private final PositionWaiters waiters;
    private final TraceMemory memory;
    private final InstantSource clock;
    private final AtomicInteger rowsInFlight = new AtomicInteger();
    private final Comparisons comparisons;

    /** Held while an entry is applied and published; always taken before the lock of Views. */
    private final ReentrantLock applying = new ReentrantLock(true);

    private final Stop stop;

    private volatile @Nullable Parts parts;
    private volatile @Nullable Noted noted;
    private volatile boolean leads;
    private volatile boolean scrubbed;

    /** What is open between {@link #open} and {@link #close}; the applier's but for views. */
    private record Parts(
            RocksPointStore store,
            StampedStore stamped,
            VectorPointIndex index,
            ShardCore core,
            Views views,
            TraceRing trace) {}

    /**
     * @param facts what the replica holds
     * @param resources memory of the stores; must outlive the replica
     * @param indexes makes its index
     * @param scrubber looks it through; must outlive the replica
     * @param waitingReads reads that may wait for a position
     * @param memory what it remembers of its batches; must outlive the replica
     * @param clock stamps them
     */
    public ShardReplica(
            ShardFacts facts,
            RocksResources resources,
            VectorPointIndex.Maker indexes,
            Scrubber scrubber,
            int waitingReads,
            TraceMemory memory,
            InstantSource clock) {
        this.facts = facts;
        this.comparisons = new Comparisons(facts.label());
        this.resources = resources;
        this.indexes = indexes;
        this.scrubber = scrubber;
        this.waiters = new PositionWaiters(waitingReads);
        this.memory = memory;
        this.clock = clock;
        this.stop = new Stop(facts.label(), clock, waiters::close);
    }

    /** What the replica holds. */
    public ShardFacts facts() {
        return facts;
    }

    /** To be called before the replica is opened. */
    void tellStops(BiConsumer<ShardReplica, ReplicaCondition> told) {
        stop.tell(why -> told.accept(this, why));
    }

    /** Why the replica answers nothing any more; null while it may. */
    public @Nullable ReplicaCondition stopped() {
        return stop.why();
    }

    /**
     * Something of the replica is damaged or cannot be read: nobody reads it from now on, its group
     * closes, and all others of the worker go on.
     *
     * @return why it answers nothing
     */
    public ReplicaCondition damaged(Throwable found) {
        return stop.now(new GroupFailure(GroupFailure.Stage.OWNER, found));
    }

    @Override
    public void failed(GroupFailure failure) {
        stop.now(failure);
    }

    /** It stopped before this process began, and stays so. To be called before it is opened. */
    void staysStopped(ReplicaCondition why) {
        stop.before(why);
    }

    /**
     * Whether this replica leads and has applied all that earlier leaders committed: only then does
     * it know the position.
     */
    public boolean leads() {
        return leads;
    }

    /** Whether it is recovered and can be read. */
    public boolean isOpen() {
        return parts != null && stop.why() == null;
    }

    /** Where reads wait for a position. */
    public PositionWaiters waiters() {
        return waiters;
    }

    /** The newest state; null if the replica is not open or has stopped. */
    public @Nullable Reading read() {
        Parts open = parts;
        return open == null || stop.why() != null ? null : open.views().read();
    }

    /**
     * Calls {@code reader} while nothing is applied, so that the newest state and the index are at
     * the same position. It holds up the shard's writes.
     */
    public <T extends @Nullable Object> T readStill(Reader<T> reader) throws IOException {
        applying.lock();
        try (Reading reading = read()) {
            return reader.read(reading);
        } finally {
            applying.unlock();
        }
    }

    /**
     * Cuts the rows in memory off, here alone: they are sealed into a file in the background, and
     * no answer changes. Waits for the entry that is being applied.
     */
    void cut() {
        applying.lock();
        try {
            Parts open = parts;
            if (open != null) {
                open.index().cut();
            }
        } finally {
            applying.unlock();
        }
    }

    /** Reads a state, or learns that there is none. */
    @FunctionalInterface
    public interface Reader<T extends @Nullable Object> {
        T read(@Nullable Reading reading) throws IOException;
    }

    /**
     * Reserves room for the rows of a batch about to be proposed, counting those that were proposed
     * and are not applied yet. Each success is followed by one {@link #release}.
     */
    public Admission reserve(int rows) {
        Parts open = parts;
        int proposed = rowsInFlight.addAndGet(rows);
        if (open == null) {
            return Admission.ADMITTED; // to be told by the group what is the matter
        }
        Admission admission = open.index().admission(proposed);
        if (admission != Admission.ADMITTED) {
            rowsInFlight.addAndGet(-rows);
        }
        return admission;
    }

    /** The batch is applied, refused or lost. */
    public void release(int rows) {
        rowsInFlight.addAndGet(-rows);
    }

    /** A batch is about to be proposed; followed by {@link #settled}. */
    public void announced(long to, BatchJourney journey) {
        Parts open = parts;
        if (open != null) {
            open.trace().announced(to, journey);
        }
    }

    /** The batch was applied, refused or lost. */
    public void settled(long to) {
        Parts open = parts;
        if (open != null) {
            open.trace().settled(to);
        }
    }

    /**
     * What is known of the record at an offset of the log.
     *
     * @param position position of the shard
     * @param known what is remembered
     */
    public record Traced(long position, TraceRing.Answer known) {}

    /** Where the record at an offset is; null if the replica is not open. */
    public @Nullable Traced trace(long offset) {
        applying.lock();
        try {
            Parts open = parts;
            return open == null
                    ? null
                    : new Traced(
                            open.core().state().position(),
                            open.trace().find(offset, clock.millis()));
        } finally {
            applying.unlock();
        }
    }

    /** Computes the digest anew; a replica whose rows do not match it stops. */
    public DigestCheck recomputeDigest(PointView view) throws IOException {
        DigestCheck check = DigestCheck.of(view);
        note(check);
        return check;
    }

    /**
     * Reads all rows and files, unless the replica closes meanwhile; one in which anything is not
     * as it was written stops.
     */
    void scrub(Pace pace) throws IOException, InterruptedException {
        Parts open = parts;
        try (Reading reading = read()) {
            if (reading == null || open == null) {
                return;
            }
            note(DigestCheck.of(reading.view(), pace));
        }
        open.index().scrub(pace);
        IndexComparison.run(this, pace);
        this.<@Nullable Object>readStill(still -> {
            if (still != null) {
                compare(still.state(), still.index().stats());
                scrubbed = still.index() == open.index(); // not opened anew meanwhile
            }
            return null;
        });
    }

    /** Whether a scrub found nothing since it was opened. */
    boolean scrubbed() {
        return isOpen() && scrubbed;
    }

    private void note(DigestCheck check) {
        if (!check.matches()) {
            damaged(DamagedReplicaException.rowsChanged(check));
        }
    }

    /**
     * Rows that the index has in its files are no longer looked for in the store: a file that went
     * without a trace would go unnoticed but for their number.
     */
    private void compare(ShardState state, IndexStats index) {
        if (index.live() != state.rows()) {
            throw DamagedReplicaException.indexDiffers(state, index.live());
        }
    }

    /** Wakes those who wait for a position; the replica goes away. */
    public void stopWaiting() {
        waiters.close();
    }

    @Override
    public RaftPosition open(Path live) throws IOException {
        ReplicaCondition before = stop.why();
        if (before != null) {
            throw DamagedReplicaException.again(before);
        }
        long start = System.nanoTime();
        RocksPointStore store = RocksPointStore.open(live, resources);
        StampedStore stamped = new StampedStore(store, clock);
        VectorPointIndex index = null;
        ShardCore core;
        try {
            index = indexes.open(live.resolve(INDEX), new StoreOwner(store, this::damaged));
            core = ShardCore.open(facts, stamped, index);
            compare(core.state(), index.stats());
        } catch (IOException | RuntimeException e) {
            if (index != null) {
                index.close();
            }
            store.close();
            throw e;
        }
        Parts open =
                new Parts(
                        store, stamped, index, core, new Views(index), memory.open(clock.millis()));
        publish(open);
        scrubbed = false;
        parts = open;
        scrubber.add(this);
        ShardState state = core.state();
        LOG.info(
                "shard {} opened at position {}, Raft {}, {} rows, in {} ms",
                facts.label(),
                state.position(),
                state.applied(),
                state.rows(),
                Duration.ofNanos(System.nanoTime() - start).toMillis());
        return state.applied();
    }

    @Override
    public byte[] apply(RaftPosition at, ByteBuffer entry) throws IOException {
        Parts open = requireOpen();
        ShardEntry parsed;
        try {
            parsed = ShardEntry.parseFrom(entry);
        } catch (InvalidProtocolBufferException e) {
            open.core().advanced(at);
            return EntryAnswers.encode(new ApplyResult.Invalid("not an entry: " + e.getMessage()));
        }
        long committedAtMs = clock.millis();
        applying.lock();
        try {
            ShardState before = open.core().state();
            ApplyResult result = open.core().apply(at, parsed);
            ShardState after = open.core().state();
            noted = open.core().noted();
            DamagedReplicaException outvoted = comparisons.judge(open.core().verdict());
            if (outvoted != null) {
                damaged(outvoted);
            }
            if (after.position() != before.position()
                    || after.epoch() != before.epoch()
                    || !after.log().equals(before.log())
                    || (after.halt() == null) != (before.halt() == null)) {
                publish(open);
            }
            if (leads && after.position() > before.position()) {
                // Still under the lock: who sees the position must find the batch.
                AppliedTimes times =
                        new AppliedTimes(
                                committedAtMs, open.stamped().writtenAtMs(), clock.millis());
                open.trace().applied(before.position(), after.position(), times);
            }
            return EntryAnswers.encode(result);
        } finally {
            applying.unlock();
        }
    }

    /** The digest that was noted last at a place where all members do; null if none was. */
    @Nullable Noted noted() {
        return noted;
    }

    /** How this member compared with the others. */
    public Comparisons comparisons() {
        return comparisons;
    }

    private void publish(Parts open) {
        ShardState state = open.core().state();
        open.views().publish(open.store().view(), state);
        waiters.reached(state.position());
    }

    @Override
    public void leadership(boolean leader, long term) {
        Parts open = parts;
        if (leader && !leads && open != null) {
            open.trace().restart(clock.millis());
        }
        leads = leader;
    }

    @Override
    public void advanced(RaftPosition at) {
        requireOpen().core().advanced(at);
    }

    /** Bytes of the store that are in memory only; 0 if it is not open. */
    public long unflushedBytes() throws IOException {
        Parts open = parts;
        if (open == null) {
            return 0;
        }
        try (Reading reading = open.views().read()) {
            return reading == null ? 0 : open.store().unflushedBytes();
        }
    }

    /** Flushes the store: the checkpoint that follows finds little in memory. */
    @Override
    public void prepareCheckpoint() throws IOException {
        Parts open = parts;
        if (open == null) {
            return;
        }
        // Held like any reader: the store is not closed before.
        try (Reading reading = open.views().read()) {
            if (reading != null) {
                open.store().makeDurable();
            }
        }
    }

    @Override
    public void checkpoint(RaftPosition at, Path target) throws IOException {
        Parts open = requireOpen();
        open.core().advanced(at);
        open.core().persist();
        // The store first: files made meanwhile hold rows that the store has too, whereas rows
        // forgotten meanwhile would be in neither.
        open.store().checkpoint(target);
        open.index().link(target.resolve(INDEX));
    }

    /** Waits for readers. */
    @Override
    public void close() {
        Parts open;
        applying.lock();
        try {
            open = parts;
            parts = null;
        } finally {
            applying.unlock();
        }
        if (open == null) {
            return;
        }
        scrubber.remove(this);
        memory.close(open.trace());
        open.views().close();
        open.index().close();
        open.store().close();
    }

    private Parts requireOpen() {
        Parts open = parts;
        if (open == null) {
            throw new IllegalStateException("shard " + facts.label() + " is not open");
        }
        return open;
    }
}
