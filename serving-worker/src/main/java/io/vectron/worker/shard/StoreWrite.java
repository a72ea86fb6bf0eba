package io.vectron.worker.shard;

import io.vectron.common.digest.Digest;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What one entry changes; written whole or not at all.
 *
 * @param changes at most one an id
 * @param state the state after it
 * @param digest the digest after it
 */
public record StoreWrite(List<RowChange> changes, ShardState state, Digest digest) {
    public StoreWrite {
        changes = List.copyOf(changes);
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(digest, "digest");
    }

    /** Change of one id. */
    public sealed interface RowChange {
        /**
         * Writes a row.
         *
         * @param former the row it replaces, dead from the new row's version on
         */
        record Put(StoredRow row, @Nullable RowMark former) implements RowChange {}

        /**
         * Removes a row.
         *
         * @param offset of the record that removes it
         * @param former the row, which exists
         */
        record Remove(String id, long offset, RowMark former) implements RowChange {}
    }
}
