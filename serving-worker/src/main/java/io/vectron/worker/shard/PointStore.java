package io.vectron.worker.shard;

import java.io.IOException;
import java.util.Collection;
import java.util.Map;

/**
 * The rows of a shard and its {@link ShardState}. One thread at a time calls {@link #marks} and
 * {@link #write}; any thread may read through a {@link #view}, and call all else.
 *
 * <p>Two lists beside the rows let an index come back without reading all of them: the versions of
 * recent rows, those that are in none of the index's files yet; and the deaths of former rows. What
 * is forgotten of them may come back after a crash.
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

    /** The rows with versions below {@code version} are no longer recent; they stay. */
    void forgetRecent(long version) throws IOException;

    /**
     * Forgets deaths.
     *
     * @param from lowest version of the rows
     * @param to above their highest version
     * @param before offset of a death: later ones stay
     */
    void forgetDeaths(long from, long to, long before) throws IOException;

    /** Makes every {@link #write} that was done before the call survive a crash. */
    void makeDurable() throws IOException;

    @Override
    void close() throws IOException;
}
