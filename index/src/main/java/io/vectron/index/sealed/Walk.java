package io.vectron.index.sealed;

import io.vectron.index.code.MappedCodes;
import io.vectron.index.code.RecordLayout;
import io.vectron.index.vector.Scorer;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
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
     * @param ef rows kept while walking; more is slower and finds more
     * @param reranked how many of them to compare as floats, at most ef
     * @param position a search sees the rows with position &le; death
     * @return how many were found; {@link #found} holds them
     */
    public int search(Records records, float[] query, int ef, int reranked, long position) {
        if (!records.layout.equals(layout)) {
            throw new IllegalArgumentException("records of another layout: " + records.layout);
        }
        records.coding.quantizer().encodeQuery(query, scaled, code);
        prepare(records);
        pool.clear(ef);
        seen.clear(ef);
        expanded = 0;
        visited = 0;
        boolean hide = records.deaths.any();
        fresh[0] = entry(records);
        seen.add(fresh[0]);
        offer(records, 1, hide, position);
        walk(records, hide, position);
        return rerank(records, query, reranked);
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
        return pool.keys.length + seen.held() / 2 + found.length;
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
        while (at < pool.size) {
            long key = pool.keys[at];
            if ((key & Pool.EXPANDED) != 0) {
                at++;
                continue;
            }
            pool.keys[at] = key | Pool.EXPANDED;
            expanded++;
            if (guarded) {
                checkRecord(records, key);
            }
            int count = gather(records, key);
            if (guarded) {
                checkCodes(records, count);
            }
            touch(records, count);
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
        long[] keys = pool.keys;
        int next = from;
        while (next < pool.size && (keys[next] & Pool.EXPANDED) != 0) {
            next++;
        }
        // While blocks are verified nothing is read ahead of its verification.
        if (next >= pool.size || !records.guard.complete()) {
            return;
        }
        MemorySegment memory = records.memory;
        long at = (keys[next] & Pool.ORDINAL) * records.stride;
        long end = at + Math.min(records.stride, layout.neighboursAt() + MOST_TOUCHED);
        int sum = 0;
        for (long line = at + layout.neighboursAt(); line < end; line += LINE) {
            sum += memory.get(ValueLayout.JAVA_BYTE, line);
        }
        touched = sum;
    }

    private void touch(Records records, int count) {
        MemorySegment memory = records.memory;
        int bytes = Math.min(records.codeBytes, MOST_TOUCHED);
        long stride = records.stride;
        int sum = 0;
        for (int i = 0; i < count; i++) {
            long at = fresh[i] * stride;
            for (int line = 0; line < bytes; line += LINE) {
                sum += memory.get(ValueLayout.JAVA_BYTE, at + line);
            }
        }
        touched = sum;
    }

    /** Compares the fresh rows with the query; answers the lowest place one came to. */
    private int offer(Records records, int count, boolean hide, long position) {
        visited += count;
        int lowest = Integer.MAX_VALUE;
        long stride = records.stride;
        for (int i = 0; i < count; i++) {
            int ordinal = fresh[i];
            long key = (long) distance(records, records.memory, ordinal * stride) << 32 | ordinal;
            if (key < pool.bound) {
                if (hide && !records.deaths.visible(ordinal, position)) {
                    key |= Pool.HIDDEN;
                }
                lowest = Math.min(lowest, pool.insert(key));
            }
        }
        return lowest;
    }

    /** Distance of the code at {@code at}: of two codes the nearer is the lower. */
    final int distance(Records records, MemorySegment memory, long at) {
        return records.signed
                ? -MappedCodes.dot(code, memory, at, records.codeBytes)
                : MappedCodes.squared(code, memory, at, records.codeBytes);
    }

    private int rerank(Records records, float[] query, int most) {
        if (found.length < most) {
            found = new long[most];
        }
        int count = 0;
        for (int i = 0; i < pool.size && count < most; i++) {
            if ((pool.keys[i] & Pool.HIDDEN) == 0) {
                found[count++] = pool.keys[i] & Pool.ORDINAL;
            }
        }
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
        int sum = 0;
        for (int i = 0; i < count; i++) {
            long at = found[i] * records.floatsStride;
            if (guarded) {
                records.floatsGuard.touch(at, records.floatsStride);
            }
            for (long line = 0; line < bytes; line += LINE) {
                sum += records.floats.get(ValueLayout.JAVA_BYTE, at + line);
            }
        }
        touched = sum;
    }
}
