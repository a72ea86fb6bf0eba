package io.vectron.worker.shard;

/**
 * The searchable rows of a shard, as its state machine writes them. One thread at a time; nothing
 * is visible to searches before {@link #publish}.
 */
public interface PointIndex {
    /** Whether {@code rows} more rows can be appended. */
    boolean hasRoom(int rows);

    /** Appends a live row found in the store, before the first {@link #publish}. */
    void restore(String id, long version, float[] vector);

    /** Appends a row; the id's former row is dead from {@code version} on. */
    void upsert(String id, long version, float[] vector);

    /** Marks the id's row dead from {@code offset} on; does nothing if there is none. */
    void delete(String id, long offset);

    /** Makes everything below {@code position} visible at once; positions never fall. */
    void publish(long position);
}
