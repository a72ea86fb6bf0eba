package io.vectron.index.merge;

import io.vectron.index.code.Rows;
import java.util.Arrays;
import java.util.List;

/**
 * The rows of several segments that go into one: those not dead at a position, in the order of
 * their versions. Immutable; any number of threads.
 */
public final class Survivors implements Rows {

    /** Ordinal of a row that is left out. */
    static final int LEFT_OUT = -1;

    private final List<Source> sources;
    private final long position;
    private final int[][] places; // new ordinal by source and old ordinal
    private final int[] firsts; // by source, the first new ordinal; one more behind the last
    private final int[] olds; // by new ordinal

    /**
     * @param sources oldest rows first
     * @param position published: no search that begins from now on sees a row dead before it
     */
    public Survivors(List<? extends Source> sources, long position) {
        this.sources = List.copyOf(sources);
        this.position = position;
        this.places = new int[sources.size()][];
        this.firsts = new int[sources.size() + 1];
        int[] kept = new int[sources.stream().mapToInt(Source::rows).sum()];
        int next = 0;
        for (int s = 0; s < places.length; s++) {
            Source source = sources.get(s);
            firsts[s] = next;
            places[s] = new int[source.rows()];
            for (int old = 0; old < places[s].length; old++) {
                if (source.dead(old) < position) {
                    places[s][old] = LEFT_OUT;
                } else {
                    kept[next] = old;
                    places[s][old] = next++;
                }
            }
        }
        firsts[places.length] = next;
        this.olds = Arrays.copyOf(kept, next);
    }

    @Override
    public int count() {
        return olds.length;
    }

    @Override
    public void read(int row, float[] to) {
        sourceOf(row).read(olds[row], to);
    }

    /** Offset of the record that wrote the row. */
    public long version(int row) {
        return sourceOf(row).version(olds[row]);
    }

    /** The point, UTF-8. */
    public byte[] id(int row) {
        return sourceOf(row).id(olds[row]);
    }

    /** From when on the row is dead by now; it may be marked at any time. */
    public long dead(int row) {
        return sourceOf(row).dead(olds[row]);
    }

    /** The position of which these are the survivors. */
    public long position() {
        return position;
    }

    private Source sourceOf(int row) {
        int source = 0;
        while (row >= firsts[source + 1]) {
            source++;
        }
        return sources.get(source);
    }

    /** Rows of one source. */
    int rows(int source) {
        return firsts[source + 1] - firsts[source];
    }

    /** The first row of a source; of the number of sources: behind the last. */
    int first(int source) {
        return firsts[source];
    }

    List<Source> sources() {
        return sources;
    }

    /** New ordinal of a source's row, or {@link #LEFT_OUT}. */
    int place(int source, int old) {
        return places[source][old];
    }
}
