package io.vectron.index;

import io.vectron.index.merge.HotSource;
import io.vectron.index.merge.SealedSource;
import io.vectron.index.merge.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * The live rows of an index at one position, by ascending versions. As long as it is open it holds
 * the files and the memory that they lie in. One thread.
 */
public final class LiveRows implements AutoCloseable {
    /** Behind the last version. */
    public static final long END = Long.MAX_VALUE;

    private final IndexView view;
    private final long position;
    private final List<Source> sources = new ArrayList<>();

    private LiveRows(IndexView view, long position) {
        this.view = view;
        this.position = position;
        view.sealed().forEach(part -> sources.add(new SealedSource(part.segment())));
        view.memory().forEach(segment -> sources.add(new HotSource(segment)));
    }

    static LiveRows take(Supplier<IndexView> current, long position) {
        while (true) {
            IndexView view = current.get();
            if (view.acquire()) {
                return new LiveRows(view, position);
            } // else replaced between the two: the next one
        }
    }

    /** Takes rows. */
    @FunctionalInterface
    public interface Visitor {
        /**
         * Takes a row.
         *
         * @param id UTF-8
         * @param version offset of the record that wrote it
         */
        void visit(byte[] id, long version);
    }

    /** The position: rows born below it, that did not die below it. */
    public long position() {
        return position;
    }

    /**
     * Visits live rows in the order of their versions.
     *
     * @param from lowest version
     * @param most rows looked at, dead ones included
     * @return version to go on with, also at a later position; {@link #END} if there are no more
     */
    public long visit(long from, int most, Visitor visitor) {
        int looked = 0;
        for (Source source : sources) {
            int rows = source.rows();
            for (int row = firstAtOrAbove(source, rows, from); row < rows; row++) {
                long version = source.version(row);
                if (version >= position) {
                    return END;
                }
                if (looked++ == most) {
                    return version;
                }
                if (source.dead(row) >= position) {
                    visitor.visit(source.id(row), version);
                }
            }
        }
        return END;
    }

    private static int firstAtOrAbove(Source source, int rows, long version) {
        int low = 0;
        int high = rows;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (source.version(middle) < version) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    @Override
    public void close() {
        view.release();
    }
}
