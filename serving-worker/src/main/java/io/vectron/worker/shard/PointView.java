package io.vectron.worker.shard;

import io.vectron.common.digest.Digest;
import java.io.IOException;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One unmoving state of a {@link PointStore}. Any thread may read, several at a time. */
public interface PointView extends AutoCloseable {
    /** The state; null if none was ever written. */
    @Nullable ShardState state() throws IOException;

    /** The digest as it was maintained, write by write. */
    Digest digest() throws IOException;

    /** The rows of those of the ids that have one. */
    Map<String, StoredRow> rows(Collection<String> ids) throws IOException;

    /** Visits every row, by ascending UTF-8 bytes of the id, until the visitor has enough. */
    void scan(RowVisitor visitor) throws IOException;

    /**
     * Visits the recent rows, by ascending versions, until the visitor has enough.
     *
     * @param from lowest version
     */
    void recent(long from, RowVisitor visitor) throws IOException;

    /** Visits the deaths that are not forgotten, by ascending versions of the rows. */
    void deaths(DeathVisitor visitor) throws IOException;

    @Override
    void close();

    /** Takes rows. */
    @FunctionalInterface
    interface RowVisitor {
        /** Takes a row; returns whether it wants another one. */
        boolean visit(StoredRow row) throws IOException;
    }

    /** Takes deaths. */
    @FunctionalInterface
    interface DeathVisitor {
        /**
         * Takes a death.
         *
         * @param version of the row that died
         * @param offset of the record that replaced or removed it
         */
        void visit(long version, long offset) throws IOException;
    }
}
