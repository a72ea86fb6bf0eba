package io.vectron.index;

import io.vectron.index.vector.Scorer;
import java.util.HashMap;
import java.util.Map;

/**
 * One slab with its graph and its published position; a compaction replaces it by another one.
 *
 * <p>Why a search sees exactly the state at W. The applier (1) appends rows and marks deaths, all
 * at positions at or above the published one, (2) then writes {@link #position}; a graph task (3)
 * reads the position, inserts rows or leaves out those dead before it, (4) then writes {@link
 * Graph#rows}. All three counters are volatile. A search reads the graph's rows, then the position
 * W, then the slab's rows, each once:
 *
 * <ul>
 *   <li>Every row born below W was appended before W was published: it is among the rows read after
 *       W, with its values.
 *   <li>A row that died below W was marked before W was published, so the mark is seen. A mark that
 *       is set later is at or above the published position, hence &ge; W: seen or not, the row is
 *       visible at W, as it must be. So an id's old version disappears for the very W at which its
 *       new one appears: never both, never neither.
 *   <li>A row the graph task left out was dead before a position that was published before the
 *   graph
 *       rows read here were; W is read afterwards, so the row is dead at W, too.
 * </ul>
 *
 * <p>The position is part of the generation, so that a search that still holds an old generation
 * reads the last position that generation had, and never the rows of one beside the position of the
 * other.
 */
class Generation {

    private final Slab slab;
    private final Graph graph;
    private final Map<String, Integer> ordinals = new HashMap<>(); // live rows; owner thread only
    private volatile long position;
    private volatile int live;

    Generation(IndexSpec spec, Scorer scorer, long position) {
        this.slab = new Slab(spec, Graph.listStride(spec.graph()));
        this.graph = new Graph(spec, slab, scorer);
        this.position = position;
    }

    Slab slab() {
        return slab;
    }

    Graph graph() {
        return graph;
    }

    long position() {
        return position;
    }

    int live() {
        return live;
    }

    /** Rows that the graph has not taken in yet. */
    int tailRows() {
        // The graph's first: both only grow, so the difference is not negative.
        int graphRows = graph.rows();
        return slab.rows() - graphRows;
    }

    boolean contains(String id) {
        return ordinals.containsKey(id);
    }

    /** Appends a row and answers the ordinal of the one it supersedes, or -1. */
    int upsert(String id, long born, float[] vector, Scorer scorer) {
        return enter(id, slab.append(id, born, vector, scorer), born);
    }

    /** Appends a copy of another generation's live row. */
    int copy(Slab from, int ordinal) {
        int copied = slab.appendCopy(from, ordinal);
        enter(slab.id(copied), copied, slab.born(copied));
        return copied;
    }

    private int enter(String id, int ordinal, long born) {
        Integer former = ordinals.put(id, ordinal);
        if (former == null) {
            live = ordinals.size();
            return -1;
        }
        slab.markDead(former, born);
        return former;
    }

    /** Marks the id's live row dead and answers its ordinal, or -1 if there is none. */
    int delete(String id, long offset) {
        Integer former = ordinals.remove(id);
        if (former == null) {
            return -1;
        }
        slab.markDead(former, offset);
        live = ordinals.size();
        return former;
    }

    /** Marks a row dead that died elsewhere; its id may have another live row meanwhile. */
    void carryDeath(int ordinal, long offset) {
        slab.markDead(ordinal, offset);
        if (ordinals.remove(slab.id(ordinal), ordinal)) {
            live = ordinals.size();
        }
    }

    /** Owner thread only. */
    void publish(long newPosition) {
        position = newPosition;
    }
}
