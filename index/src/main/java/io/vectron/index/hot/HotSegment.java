package io.vectron.index.hot;

import io.vectron.index.IndexSpec;
import io.vectron.index.vector.Scorer;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The newest rows of an index, in memory. Ordinals ascend with the rows' versions.
 *
 * <p>One thread at a time appends and marks deaths; one graph task at a time calls {@link
 * #advance}; any thread searches through a {@link HotView}.
 *
 * <p>Why a search sees exactly the state at W. The writer (1) appends rows and marks deaths, all at
 * positions at or above the published one, (2) then publishes a higher position; a graph task (3)
 * reads the position, inserts rows or leaves out those dead before it, (4) then writes {@link
 * #graphRows}. The counters and the position are volatile. A search reads the graph's rows, then
 * the position W, then the slab's rows, each once:
 *
 * <ul>
 *   <li>Every row born below W was appended before W was published: it is among the rows read after
 *       W, with its values.
 *   <li>A row that died below W was marked before W was published, so the mark is seen. A mark that
 *       is set later is at or above the published position, hence &ge; W: seen or not, the row is
 *       visible at W, as it must be. So an id's old version disappears for the very W at which its
 *       new one appears: never both, never neither.
 *   <li>A row the graph task left out was dead before a position that was published before the
 *       graph's rows read here were; W is read afterwards, so the row is dead at W, too.
 * </ul>
 */
public final class HotSegment {

    private final Slab slab;
    private final Graph graph;
    private final long from;
    private final AtomicInteger deadRows = new AtomicInteger();

    /**
     * An empty segment.
     *
     * @param from versions of its rows are at or above it
     */
    public HotSegment(IndexSpec spec, Scorer scorer, long from) {
        this.slab = new Slab(spec, Graph.listStride(spec.graph()));
        this.graph = new Graph(spec, slab, scorer);
        this.from = from;
    }

    Slab slab() {
        return slab;
    }

    Graph graph() {
        return graph;
    }

    /** Lower bound of its rows' versions. */
    public long from() {
        return from;
    }

    /** Rows, dead ones included. */
    public int rows() {
        return slab.rows();
    }

    /** Rows that fit. */
    public int capacity() {
        return slab.capacity();
    }

    /** Bytes allocated. */
    public long bytes() {
        return slab.bytes();
    }

    /** Rows marked dead. */
    public int deadRows() {
        return deadRows.get();
    }

    /** Rows [0, graphRows) are found by walking; read before the position, see above. */
    public int graphRows() {
        return graph.rows();
    }

    /** Rows that the graph has not taken in yet. */
    public int tailRows() {
        // The graph's first: both only grow, so the difference is not negative.
        int graphRows = graph.rows();
        return slab.rows() - graphRows;
    }

    /**
     * Appends a row; writer only.
     *
     * @param version above that of every row before
     * @throws IllegalArgumentException if it is not, or the vector is unfit for the metric
     * @throws IllegalStateException if there is no room
     */
    public void append(String id, long version, float[] vector, Scorer scorer) {
        int rows = slab.rows();
        if (rows == slab.capacity()) {
            throw new IllegalStateException("no room for another row after " + rows);
        }
        if (version < from || (rows > 0 && version <= slab.born(rows - 1))) {
            throw new IllegalArgumentException(
                    "version " + version + " is not above those of the rows before");
        }
        slab.append(id, version, vector, scorer);
    }

    /** The row of a version, or -1; writer, or after the segment was frozen. */
    public int ordinalOf(long version) {
        int low = 0;
        int high = slab.rows() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            long born = slab.born(middle);
            if (born == version) {
                return middle;
            }
            if (born < version) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return -1;
    }

    /** Marks a row dead from {@code position} on; writer only. False if it was dead already. */
    public boolean markDead(int ordinal, long position) {
        if (slab.dead(ordinal) != Slab.LIVE) {
            return false;
        }
        slab.markDead(ordinal, position);
        deadRows.incrementAndGet();
        return true;
    }

    /** From when on the row is dead; {@link Long#MAX_VALUE} while it lives. */
    public long dead(int ordinal) {
        return slab.dead(ordinal);
    }

    /** Offset of the record that wrote the row. */
    public long version(int ordinal) {
        return slab.born(ordinal);
    }

    /** The point. */
    public String id(int ordinal) {
        return slab.id(ordinal);
    }

    /**
     * Takes up to {@code maxRows} more rows into the graph; graph task only.
     *
     * @param position a published position: rows dead before it are left out
     * @return rows taken in or left out
     */
    public int advance(int maxRows, long position) {
        return graph.advance(maxRows, position);
    }

    /** Writes the row as searches compare it, padded, to {@code to}. */
    public void read(int ordinal, float[] to) {
        System.arraycopy(slab.vectors(ordinal), slab.vectorAt(ordinal), to, 0, slab.stride());
    }

    /** Writes a row's neighbours to {@code to}; answers how many there are. */
    public int neighbours(int ordinal, int[] to) {
        int[] lists = slab.lists(ordinal);
        int at = slab.listAt(ordinal);
        System.arraycopy(lists, at + 1, to, 0, lists[at]);
        return lists[at];
    }
}
