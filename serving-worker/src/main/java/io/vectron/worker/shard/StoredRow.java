package io.vectron.worker.shard;

import com.google.protobuf.ByteString;
import java.util.Objects;

/**
 * A live point.
 *
 * @param id its id
 * @param mark version and hash
 * @param point canonical bytes of a {@code vectron.log.v1.Point}
 */
public record StoredRow(String id, RowMark mark, ByteString point) {
    public StoredRow {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(mark, "mark");
        Objects.requireNonNull(point, "point");
    }

    /** Offset of the record that wrote it. */
    public long version() {
        return mark.version();
    }
}
