package io.vectron.worker.replica;

import com.google.protobuf.InvalidProtocolBufferException;
import io.vectron.index.Admission;
import io.vectron.index.IndexStats;
import io.vectron.proto.log.v1.ShardEntry;
import io.vectron.proto.worker.v1.BatchJourney;
import io.vectron.replication.RaftPosition;
import io.vectron.replication.ReplicatedState;
import io.vectron.worker.shard.ApplyResult;
import io.vectron.worker.shard.DigestCheck;
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
    private final DigestRecounts recounts;
    private final PositionWaiters waiters;
    private final TraceMemory memory;
    private final InstantSource clock;
    private final AtomicInteger rowsInFlight = new AtomicInteger();

    /** Held while an entry is applied and published; always taken before the lock of Views. */
    private final ReentrantLock applying = new ReentrantLock(true);

    private volatile @Nullable Parts parts;
    private volatile String digestProblem = "";
    private volatile String indexProblem = "";
    private volatile boolean leads;

    /**
     * What is open between {@link #open} and {@link #close}; the applier thread's but for
     * views.
     */
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
     * @param recounts recounts its digest each time it was opened; must outlive the replica
     * @param waitingReads reads that may wait for a position
     * @param memory what it remembers of its batches; must outlive the replica
     * @param clock stamps them
     */
    public ShardReplica(
            ShardFacts facts,
            RocksResources resources,
            VectorPointIndex.Maker indexes,
            DigestRecounts recounts,
            int waitingReads,
            TraceMemory memory,
            InstantSource clock) {
        this.facts = facts;
        this.resources = resources;
        this.indexes = indexes;
        this.recounts = recounts;
        this.waiters = new PositionWaiters(waitingReads);
        this.memory = memory;
        this.clock = clock;
    }

    /** What the replica holds. */
    public ShardFacts facts() {
        return facts;
    }

    /** What is wrong; empty if nothing is known to be. */
    public String problem() {
        String digest = digestProblem;
        String index = indexProblem;
        return digest.isEmpty() || index.isEmpty() ? digest + index : digest + "; " + index;
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
        return parts != null;
    }

    /** Where reads wait for a position. */
    public PositionWaiters waiters() {
        return waiters;
    }

    /** The newest state; null if the replica is not open. */
    public @Nullable Reading read() {
        Parts open = parts;
        return open == null ? null : open.views().read();
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
        if (open == null) {
            return Admission.ADMITTED; // to be told by the group what is the matter
        }
        int proposed = rowsInFlight.addAndGet(rows);
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

    /** Computes the digest anew; a mismatch becomes the replica's {@link #problem}. */
    public DigestCheck recomputeDigest(PointView view) throws IOException {
        DigestCheck check = DigestCheck.of(view);
        note(check);
        return check;
    }

    /** As {@link #recomputeDigest} of the newest state, unless the replica closes meanwhile. */
    void recountDigest() throws IOException {
        try (Reading reading = read()) {
            if (reading != null) {
                DigestCheck check = DigestCheck.of(reading.view(), this::isOpen);
                if (check != null) {
                    note(check);
                }
            }
        }
    }

    private void note(DigestCheck check) {
        if (!check.matches()) {
            // Reported, not stopped: a single replica has no other to fall back on, and its rows
            // can be rebuilt from the log while it serves. Only people can tell which is better.
            digestProblem = check.describe();
            LOG.error("shard {}: {}", facts.label(), digestProblem);
        }
    }

    /**
     * Rows that the index has in its files are no longer looked for in the store: a file that went
     * without a trace would go unnoticed but for their number.
     */
    private void compare(ShardState state, IndexStats index) {
        if (index.live() == state.rows()) {
            indexProblem = "";
        } else {
            indexProblem =
                    "INDEX_MISMATCH: the index has "
                            + index.live()
                            + " live rows, the store "
                            + state.rows();
            LOG.error("shard {}: {}", facts.label(), indexProblem);
        }
    }

    /** Wakes those who wait for a position; the replica goes away. */
    public void stopWaiting() {
        waiters.close();
    }

    @Override
    public RaftPosition open(Path live) throws IOException {
        long start = System.nanoTime();
        RocksPointStore store = RocksPointStore.open(live, resources);
        StampedStore stamped = new StampedStore(store, clock);
        VectorPointIndex index = null;
        ShardCore core;
        try {
            index = indexes.open(live.resolve(INDEX), new StoreOwner(store));
            core = ShardCore.open(facts, stamped, index);
        } catch (IOException | RuntimeException e) {
            if (index != null) {
                index.close();
            }
            store.close();
            throw e;
        }
        compare(core.state(), index.stats());
        Parts open =
                new Parts(
                        store, stamped, index, core, new Views(index), memory.open(clock.millis()));
        publish(open);
        parts = open;
        recounts.add(this);
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
            if (after.position() != before.position() || after.epoch() != before.epoch()) {
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
        recounts.remove(this);
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
