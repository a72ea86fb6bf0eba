package io.vectron.worker.shard;

/**
 * The searchable rows of a shard, as its state machine writes them; some of them may be in files
 * that outlive a start. A row is known by its version. One thread at a time; nothing is visible to
 * searches before {@link #publish}.
 *
 * <p>At a start the owner tells the deaths it knows of, then the live rows from {@link
 * #restoreFrom} on, then publishes.
 */
public interface PointIndex {
    /** No row: what a write supersedes if the id had none. */
    long NONE = -1;

    /** Rows with lower versions outlived the last process: they need not be restored. */
    long restoreFrom();

    /**
     * Before the first {@link #publish}: a row died. Nothing happens if the index does not have it.
     *
     * @param version of the row
     * @param offset of the record that replaced or removed it
     */
    void restoreDeath(long version, long offset);

    /** Appends a live row found in the store, before the first {@link #publish}, by versions. */
    void restore(String id, long version, float[] vector);

    /**
     * Appends a row; versions ascend.
     *
     * @param superseded version of the id's live row, which is dead from {@code version} on; or
     *     {@link #NONE}
     */
    void upsert(String id, long version, float[] vector, long superseded);

    /** Marks the live row of a version dead from {@code offset} on. */
    void delete(long superseded, long offset);

    /** Makes everything below {@code position} visible at once; positions never fall. */
    void publish(long position);

    /**
     * Ends the segment in memory, to be sealed into a file in the background; does nothing if it is
     * empty. Searches notice nothing.
     */
    void cut();
}
