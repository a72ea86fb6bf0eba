package io.vectron.index;

import io.vectron.index.sealed.CorruptSegmentException;
import java.io.IOException;

/**
 * What an index asks of whoever keeps the points and the log position. Called by background tasks,
 * one at a time for an index, never by the applier or a search.
 */
public interface IndexOwner {

    /**
     * Returns once everything below a position survives a crash: points, and the deaths of rows. A
     * segment that leaves out rows dead at the position may only count after that.
     */
    void makeDurable(long position) throws IOException;

    /** Rows with versions below need not be restored any more: sealed segments have them. */
    void sealed(long version) throws IOException;

    /**
     * Deaths need not be restored any more: their rows are gone.
     *
     * @param from lowest version of the rows
     * @param to above their highest version
     * @param before deaths below this position
     */
    void forgetDeaths(long from, long to, long before) throws IOException;

    /**
     * A file of the index is damaged: searches that need it fail from now on, and it is not merged.
     * By default nothing is done about it. May be called again for the same file.
     */
    default void damaged(CorruptSegmentException found) {}

    /**
     * A file could not be sealed or merged; what was begun is gone, and it is tried again after a
     * while. By default nothing is done about it.
     *
     * @param forGood it cannot succeed before the index is opened anew
     */
    default void failed(IOException why, boolean forGood) {}
}
