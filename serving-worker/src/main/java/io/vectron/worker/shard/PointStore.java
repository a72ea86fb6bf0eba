package io.vectron.worker.shard;

import java.io.IOException;
import java.util.Collection;
import java.util.Map;

/**
 * The rows of a shard and its {@link ShardState}. One thread at a time calls {@link #marks} and
 * {@link #write}; any thread may read through a {@link #view}.
 */
public interface PointStore extends AutoCloseable {
    /** Version and hash of those of the ids that have a row. */
    Map<String, RowMark> marks(Collection<String> ids) throws IOException;

    /** Writes all of it or, if the process ends meanwhile, nothing. */
    void write(StoreWrite write) throws IOException;

    /**
     * The state after the last {@link #write}, unmoved by later ones. Must be closed before the
     * store is.
     */
    PointView view() throws IOException;

    @Override
    void close() throws IOException;
}
