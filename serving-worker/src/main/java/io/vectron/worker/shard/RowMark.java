package io.vectron.worker.shard;

import io.vectron.common.digest.Hash128;
import java.util.Objects;

/**
 * What must be known of a row to replace it.
 *
 * @param version offset of the record that wrote it
 * @param hash its part in the digest
 */
public record RowMark(long version, Hash128 hash) {
    public RowMark {
        if (version < 0) {
            throw new IllegalArgumentException("version is negative: " + version);
        }
        Objects.requireNonNull(hash, "hash");
    }
}
