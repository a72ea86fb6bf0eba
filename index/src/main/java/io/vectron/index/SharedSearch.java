package io.vectron.index;

import io.vectron.index.vector.Kernels;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One search over all segments of a snapshot, by the thread that asks and by helpers that have
 * nothing else to do.
 *
 * <p>The segments are taken one by one, the costliest first, by whoever is free. The asking thread
 * takes them all if nobody helps, and never waits for a helper to begin: only for those segments
 * that a helper has taken. So nothing is slower for being offered. A helper touches the snapshot
 * only while it has a segment, and the asking thread leaves only when no one has, so that a helper
 * that starts late finds the snapshot closed but also nothing to do.
 *
 * <p>Each segment is searched as if it were the only one, without a bound from the others: what is
 * found does not depend on who helped, or when. (A bound would spare a scan nothing but insertions,
 * and would make a walk's recall a matter of luck.)
 */
final class SharedSearch implements Runnable {

    private final Searches scratch;
    private final Snapshot snapshot;
    private final SearchQuery query;
    private final Thread asking = Thread.currentThread();

    /** {@code rows to compare, about << 32 | ~segment}, ascending: taken from the end. */
    private final long[] order;

    private final long floats; // of all segments but the costliest, to compare, about
    private final AtomicInteger taken = new AtomicInteger();
    private final AtomicInteger unended;
    private final Queue<Searcher> helped = new ConcurrentLinkedQueue<>();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    /** To be made by the asking thread. */
    SharedSearch(Searches scratch, Snapshot snapshot, SearchQuery query, IndexSpec spec) {
        this.scratch = scratch;
        this.snapshot = snapshot;
        this.query = query;
        long[] all = new long[snapshot.segments()];
        int count = 0;
        long rows = 0;
        for (int segment = 0; segment < all.length; segment++) {
            long cost = Searcher.comparisons(snapshot, query, spec.limits(), segment);
            if (cost > 0) {
                all[count++] = cost << 32 | (~segment & 0xFFFF_FFFFL);
                rows += cost;
            }
        }
        this.order = Arrays.copyOf(all, count);
        Arrays.sort(order);
        long costliest = count == 0 ? 0 : order[count - 1] >> 32;
        this.floats = (rows - costliest) * Kernels.padded(spec.dimension());
        this.unended = new AtomicInteger(count);
    }

    /** Searches all of it; asking thread only. */
    SearchResult search(Searcher own, Helpers helpers) {
        int done = work(own, helpers, helpersWanted(helpers.leastFloats()));
        unended.addAndGet(-done);
        awaitHelpers();
        rethrow(failure.get());
        for (Searcher other : helped) {
            own.absorb(other);
            scratch.giveBack(other);
        }
        return own.result(snapshot, query.topK());
    }

    private int helpersWanted(long leastFloats) {
        int others = Math.max(0, order.length - 1);
        return leastFloats <= 0 ? others : (int) Math.min(others, floats / leastFloats);
    }

    /** A helper's part. */
    @Override
    public void run() {
        if (taken.get() >= order.length) {
            return;
        }
        Searcher searcher = scratch.take();
        int done = work(searcher, Helpers.NONE, 0);
        if (done == 0) {
            scratch.giveBack(searcher);
            return;
        }
        helped.add(searcher); // before its segments count as ended
        if (unended.addAndGet(-done) == 0) {
            LockSupport.unpark(asking);
        }
    }

    /** Searches segments until all are taken; answers how many. */
    private int work(Searcher searcher, Helpers helpers, int wanted) {
        int left = wanted;
        for (int done = 0; ; done++) {
            // Asked before each segment: a thread may have become free meanwhile.
            while (left > 0 && taken.get() < order.length - 1 && helpers.offer(this)) {
                left--;
            }
            int next = taken.getAndIncrement();
            if (next >= order.length) {
                return done;
            }
            one(searcher, ~(int) order[order.length - 1 - next]);
        }
    }

    private void one(Searcher searcher, int segment) {
        if (failure.get() == null) {
            try {
                searcher.search(snapshot, query, segment);
            } catch (RuntimeException | Error e) {
                failure.compareAndSet(null, e); // the asking thread throws it
            }
        }
    }

    /** Not to be interrupted: helpers read what is unmapped afterwards. They wait for nothing. */
    private void awaitHelpers() {
        boolean interrupted = false;
        while (unended.get() > 0) {
            LockSupport.park(this);
            interrupted |= Thread.interrupted();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static void rethrow(@Nullable Throwable failure) {
        if (failure instanceof RuntimeException e) {
            throw e;
        }
        if (failure instanceof Error e) {
            throw e;
        }
    }
}
