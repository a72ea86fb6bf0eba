package io.vectron.index.sealed;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * When the rows of a sealed segment died. The file never changes, so this is kept beside it, in
 * memory: a search at position W sees a row while W is at most the row's dead position.
 *
 * <p>One thread at a time marks; any thread reads. A search reads the published position first and
 * marks are made before a position that shows them is published, so no order is needed here, only
 * that a position is never read in halves. Rows that were dead when the segment was written
 * ("stillborn") are dead from position 0 on: no search sees them.
 */
public final class Deaths {

    /** Dead position of a row that lives: no position is above it. */
    public static final long LIVE = Long.MAX_VALUE;

    private static final int CHUNK_SHIFT = 10;
    private static final int CHUNK_ROWS = 1 << CHUNK_SHIFT;
    private static final VarHandle POSITION = MethodHandles.arrayElementVarHandle(long[].class);
    private static final VarHandle CHUNK = MethodHandles.arrayElementVarHandle(long[][].class);

    private final int rows;
    private final long[] @Nullable [] chunks; // written by the marking thread, by CHUNK
    private final AtomicInteger count = new AtomicInteger();
    private boolean any; // set before the position that shows the death is published

    /** All rows live. */
    public Deaths(int rows) {
        if (rows < 0) {
            throw new IllegalArgumentException("rows: " + rows);
        }
        this.rows = rows;
        this.chunks = new long[(rows + CHUNK_ROWS - 1) >>> CHUNK_SHIFT][];
    }

    /** Whether any row has a dead position; if not, a walk need not ask for them. */
    public boolean any() {
        return any;
    }

    /** Rows that have a dead position, stillborn ones included. */
    public int count() {
        return count.get();
    }

    /**
     * The dead position of a row, {@link #LIVE} if it has none.
     *
     * @throws IndexOutOfBoundsException if there is no such row
     */
    public long at(int ordinal) {
        long[] chunk = (long[]) CHUNK.getAcquire(chunks, ordinal >>> CHUNK_SHIFT);
        return chunk == null ? LIVE : (long) POSITION.getOpaque(chunk, ordinal & CHUNK_ROWS - 1);
    }

    /** Whether a search at {@code position} may answer with the row, as far as deaths go. */
    public boolean visible(int ordinal, long position) {
        return !any || position <= at(ordinal);
    }

    /**
     * Marks a row dead from {@code position} on. Of two marks the lower one stays, so that a replay
     * changes nothing.
     *
     * @return whether the row was alive until now
     * @throws IllegalArgumentException if the position is negative or {@link #LIVE}
     * @throws IndexOutOfBoundsException if there is no such row
     */
    public boolean mark(int ordinal, long position) {
        if (position < 0 || position == LIVE) {
            throw new IllegalArgumentException("dead position: " + position);
        }
        if (ordinal < 0 || ordinal >= rows) {
            throw new IndexOutOfBoundsException("ordinal " + ordinal + " of " + rows + " rows");
        }
        long before = at(ordinal);
        if (position >= before) {
            return false;
        }
        POSITION.setOpaque(chunkFor(ordinal), ordinal & CHUNK_ROWS - 1, position);
        any = true;
        if (before == LIVE) {
            count.incrementAndGet();
        }
        return before == LIVE;
    }

    private long[] chunkFor(int ordinal) {
        int index = ordinal >>> CHUNK_SHIFT;
        long[] chunk = chunks[index];
        if (chunk == null) {
            chunk = new long[CHUNK_ROWS];
            Arrays.fill(chunk, LIVE);
            CHUNK.setRelease(chunks, index, chunk); // full of LIVE before anybody sees it
        }
        return chunk;
    }
}
