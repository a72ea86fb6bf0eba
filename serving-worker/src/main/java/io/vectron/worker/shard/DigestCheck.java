package io.vectron.worker.shard;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vectron.common.digest.Digest;
import io.vectron.common.digest.DigestAccumulator;
import io.vectron.common.digest.RowHash;
import java.io.IOException;

/**
 * Whether the rows are the ones that the log wrote: the digest that was maintained write by write,
 * against the one computed from the rows.
 *
 * @param maintained the digest as it was maintained
 * @param recomputed the digest of the rows
 * @param maintainedRows rows as they were counted
 * @param rows rows found
 */
public record DigestCheck(Digest maintained, Digest recomputed, long maintainedRows, long rows) {

    /** Check of a shard without rows. */
    static final DigestCheck NOTHING = new DigestCheck(Digest.EMPTY, Digest.EMPTY, 0, 0);

    /** Whether nothing was lost, added or changed behind the state machine's back. */
    public boolean matches() {
        return rows == maintainedRows && recomputed.equals(maintained);
    }

    /** What is wrong, for people. */
    public String describe() {
        return "DIGEST_MISMATCH: "
                + maintainedRows
                + " rows with digest "
                + maintained
                + " were written, "
                + rows
                + " rows with digest "
                + recomputed
                + " are there";
    }

    /** Computes the digest of every row of a view anew. */
    public static DigestCheck of(PointView view) throws IOException {
        ShardState state = view.state();
        Recount recount = new Recount();
        view.scan(recount::add);
        return recount.check(view, state == null ? 0 : state.rows());
    }

    /** Counts rows during a scan. */
    static final class Recount {
        private final DigestAccumulator digest = new DigestAccumulator();
        private long rows;

        void add(StoredRow row) {
            // From the bytes, not from the stored hash: a changed byte must show.
            byte[] id = row.id().getBytes(UTF_8);
            digest.add(id, RowHash.of(id, row.version(), row.point().toByteArray()));
            rows++;
        }

        DigestCheck check(PointView view, long maintainedRows) throws IOException {
            return new DigestCheck(view.digest(), digest.snapshot(), maintainedRows, rows);
        }
    }
}
