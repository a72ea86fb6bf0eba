package io.vectron.index.sealed;

import io.vectron.index.code.CodeKernels;
import io.vectron.index.code.OffHeap;
import io.vectron.index.code.RecordLayout;
import io.vectron.index.vector.Scorer;
import io.vectron.index.walk.Breadth;
import io.vectron.index.walk.Candidates;
import io.vectron.index.walk.Pool;
import io.vectron.index.walk.SeenSet;
import java.util.Arrays;

/**
 * A best-first walk over the graph of a sealed segment by codes, whose best rows are then compared
 * as floats. Scratch of one search at a time; it may be used for one segment after the other.
 *
 * <p>Of a row that is expanded, all neighbours that may matter are gathered first, then a byte of
 * each of their lines of memory is loaded, and only then are they compared: so the machine fetches
 * all of them at a time instead of one after the other.
 */
public abstract sealed class Walk permits FusedWalk, CompactWalk {

    private static final int LINE = RecordLayout.LINE_BYTES;

    /** Of longer stretches the machine itself fetches the rest ahead. */
    private static final int MOST_TOUCHED = 32 * LINE;

    final RecordLayout layout;
    final Pool pool = new Pool();
    final SeenSet seen = new SeenSet();
    final int[] fresh = new int[RecordLayout.DEGREE];
    private final int[] distances = new int[RecordLayout.DEGREE];
    final float[] scaled;
    private final short[] code;
    private long[] found = new long[64];
    private long expanded;
    private long visited;

    /** Never read: keeps the loads of {@link #touch} from being optimised away. */
    @SuppressWarnings("unused")
    private int touched;

    Walk(RecordLayout layout) {
        this.layout = layout;
        this.scaled = new float[layout.codeBytes()];
        this.code = new short[layout.codeBytes()];
    }

    /** A walk over records of this layout. */
    public static Walk of(RecordLayout layout) {
        return layout.fused() ? new FusedWalk(layout) : new CompactWalk(layout);
    }

    /**
     * Finds about the nearest rows that live at {@code position}.
     *
     * @param query prepared and padded
     * @param k rows wanted
     * @param ef rows kept while walking, on average over queries; at least {@code k}; more is
     *     slower and finds more
     * @param position a search sees the rows with position &le; death
     * @return how many were found; {@link #found} holds them
     */
    public int search(Records records, float[] query, int k, int ef, long position) {
        if (!records.layout.equals(layout)) {
            throw new IllegalArgumentException("records of another layout: " + records.layout);
        }
        records.checkOpen();
        records.coding.quantizer().encodeQuery(query, scaled, code);
        prepare(records);
        pool.clear(Breadth.of(k, ef, records.coding.growth()));
        seen.clear(records.rows, ef);
        expanded = 0;
        visited = 0;
        boolean hide = records.deaths.any();
        fresh[0] = entry(records);
        seen.addAll(fresh, 1);
        offer(records, 1, hide, position);
        walk(records, hide, position);
        return rerank(records, query, k);
    }

    /** The keys found, {@code sortable key distance << 32 | ordinal}, ascending. */
    public long[] found() {
        return found;
    }

    /** Rows whose neighbours the last search looked at. */
    public long expanded() {
        return expanded;
    }

    /** Rows the last search compared with the query by their codes. */
    public long visited() {
        return visited;
    }

    /** Longs held, to let go of scratch that one huge search has grown. */
    public int heldLongs() {
        return pool.held() + seen.held() / 2 + found.length;
    }

    /** Gets ready for the encoded query. */
    abstract void prepare(Records records);

    /** The row to begin with. */
    abstract int entry(Records records);

    /** Puts the row's neighbours that may matter and were not seen before into {@link #fresh}. */
    abstract int gather(Records records, long key);

    private void walk(Records records, boolean hide, long position) {
        boolean guarded = !records.guard.complete();
        int at = 0;
        while (at < pool.size()) {
            long key = pool.key(at);
            if ((key & Pool.EXPANDED) != 0) {
                at++;
                continue;
            }
            pool.expand(at);
            expanded++;
            if (guarded) {
                checkRecord(records, key);
            }
            int count = gather(records, key);
            if (guarded) {
                checkCodes(records, count);
            }
            touch(records, count, 0, records.partial.bytes());
            touchNext(records, at + 1);
            at = Math.min(at + 1, offer(records, count, hide, position));
        }
    }

    private static void checkRecord(Records records, long key) {
        records.guard.touch((key & Pool.ORDINAL) * records.stride, records.stride);
    }

    private void checkCodes(Records records, int count) {
        for (int i = 0; i < count; i++) {
            records.guard.touch((long) fresh[i] * records.stride, records.codeBytes);
        }
    }

    /**
     * Loads what will be read of the row that is expanded next unless a nearer one is found now:
     * its record's misses overlap with those of the codes.
     */
    private void touchNext(Records records, int from) {
        int next = pool.nextAfter(from);
        // While blocks are verified nothing is read ahead of its verification.
        if (next < 0 || !records.guard.complete()) {
            return;
        }
        long at = records.record(next);
        long end = at + Math.min(records.stride, layout.neighboursAt() + MOST_TOUCHED);
        int sum = 0;
        for (long line = at + layout.neighboursAt(); line < end; line += LINE) {
            sum += OffHeap.byteAt(line);
        }
        touched = sum;
    }

    /**
     * Loads a byte of each line of a part of the fresh rows' codes, two lines a turn: what the JIT
     * makes of the plain loop keeps fewer loads in flight, and a walk takes 1.4 times as long. (The
     * line behind an odd number of them belongs to the same record.)
     */
    private void touch(Records records, int count, int from, int to) {
        int end = Math.min(to, from + MOST_TOUCHED);
        int sum = 0;
        for (int i = 0; i < count; i++) {
            long at = records.record(fresh[i]);
            for (int line = from; line < end; line += 2 * LINE) {
                sum += OffHeap.byteAt(at + line) + OffHeap.byteAt(at + line + LINE);
            }
        }
        touched = sum;
    }

    /** Compares the fresh rows with the query; answers the lowest place one came to. */
    private int offer(Records records, int count, boolean hide, long position) {
        visited += count;
        int near = compare(records, count);
        int lowest = Integer.MAX_VALUE;
        for (int i = 0; i < near; i++) {
            int ordinal = fresh[i];
            long key = (long) distances[i] << 32 | ordinal;
            if (key < pool.bound()) {
                if (hide && !records.deaths.visible(ordinal, position)) {
                    key |= Pool.HIDDEN;
                }
                lowest = Math.min(lowest, pool.insert(key));
            }
        }
        return lowest;
    }

    /** Distances of the fresh rows, of which it leaves those that may come into the pool. */
    private int compare(Records records, int count) {
        int part = records.partial.bytes();
        int whole = records.codeBytes;
        if (part == whole || !pool.full()) {
            touch(records, count, part, whole);
            for (int i = 0; i < count; i++) {
                distances[i] = distance(records, records.record(fresh[i]));
            }
            return count;
        }
        int limit = records.partial.limit((int) (pool.bound() >> 32));
        int near = 0;
        for (int i = 0; i < count; i++) {
            int ordinal = fresh[i];
            int distance = CodeKernels.squared(code, records.record(ordinal), 0, part);
            fresh[near] = ordinal;
            distances[near] = distance;
            // Without a branch, which would be mispredicted every third time.
            near += (distance - limit) >>> 31;
        }
        touch(records, near, part, whole);
        for (int i = 0; i < near; i++) {
            distances[i] += CodeKernels.squared(code, records.record(fresh[i]), part, whole);
        }
        return near;
    }

    /** Distance of the code at an address: of two codes the nearer is the lower. */
    final int distance(Records records, long address) {
        return records.signed
                ? -CodeKernels.dot(code, address, records.codeBytes)
                : CodeKernels.squared(code, address, 0, records.codeBytes);
    }

    private int rerank(Records records, float[] query, int k) {
        Candidates candidates =
                Candidates.of(k, pool.kthDistance(), records.codeBytes, records.signed);
        if (found.length < candidates.most()) {
            found = new long[candidates.most()];
        }
        int count = pool.copy(candidates, found);
        touchFloats(records, count);
        for (int i = 0; i < count; i++) {
            float distance =
                    records.scorer.keyDistance(
                            query, records.floats, found[i] * records.floatsStride);
            found[i] |= (long) Scorer.sortable(distance) << 32;
        }
        Arrays.sort(found, 0, count);
        return count;
    }

    private void touchFloats(Records records, int count) {
        boolean guarded = !records.floatsGuard.complete();
        long bytes = Math.min(records.floatsStride, MOST_TOUCHED);
        long floats = records.floats.address();
        int sum = 0;
        for (int i = 0; i < count; i++) {
            long at = found[i] * records.floatsStride;
            if (guarded) {
                records.floatsGuard.touch(at, records.floatsStride);
            }
            long line = floats + at;
            long last = line + bytes - LINE;
            for (; line < last; line += 2 * LINE) {
                sum += OffHeap.byteAt(line) + OffHeap.byteAt(line + LINE);
            }
            sum += OffHeap.byteAt(last);
        }
        touched = sum;
    }
}
