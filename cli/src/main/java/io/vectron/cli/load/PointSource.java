package io.vectron.cli.load;

import io.vectron.proto.v1.PointToWrite;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Points in an order that is the same at each reading. Used by one thread. */
public interface PointSource extends AutoCloseable {
    /** What stands at one place of the source. */
    sealed interface Item {
        /** Lines or rows before this one. */
        long at();

        /** A point. */
        record Good(long at, PointToWrite point) implements Item {}

        /** Something that is no point; the reason is for people. */
        record Bad(long at, String reason) implements Item {}
    }

    /**
     * The next item; null at the end.
     *
     * @throws IOException if the source cannot be read, or is damaged from here on
     */
    @Nullable Item next() throws IOException;

    /** Whether the next item may be long in coming: what was read should not wait for it. */
    boolean mayWait() throws IOException;

    /** Name of an item's place: {@code line} or {@code row}. */
    String place();

    /** Work done so far, of {@link #total}: rows, or bytes where nobody knows the rows. */
    long done();

    /** All the work; 0 if nobody knows. */
    long total();

    /** Components of every vector; 0 if each point says so for itself. */
    default int dimension() {
        return 0;
    }

    @Override
    void close() throws IOException;
}
