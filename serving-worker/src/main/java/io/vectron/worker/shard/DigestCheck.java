package io.vectron.worker.shard;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vectron.common.digest.Digest;
import io.vectron.common.digest.DigestAccumulator;
import io.vectron.common.digest.RowHash;
import java.io.IOException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

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
        return new Recount().check(view);
    }

    /**
     * As {@link #of}, as long as it is wanted.
     *
     * @param wanted asked for each row
     * @return null if it was no longer wanted
     */
    public static @Nullable DigestCheck of(PointView view, BooleanSupplier wanted)
            throws IOException {
        Recount recount = new Recount();
        recount.wanted = wanted;
        DigestCheck check = recount.check(view);
        return recount.stopped ? null : check;
    }

    /** Counts rows during a scan. */
    private static final class Recount {
        private final DigestAccumulator digest = new DigestAccumulator();
        private BooleanSupplier wanted = () -> true;
        private boolean stopped;
        private long rows;

        private boolean add(StoredRow row) {
            if (!wanted.getAsBoolean()) {
                stopped = true;
                return false;
            }
            // From the bytes, not from the stored hash: a changed byte must show.
            byte[] id = row.id().getBytes(UTF_8);
            digest.add(id, RowHash.of(id, row.version(), row.point().toByteArray()));
            rows++;
            return true;
        }

        private DigestCheck check(PointView view) throws IOException {
            ShardState state = view.state();
            view.scan(this::add);
            return new DigestCheck(
                    view.digest(), digest.snapshot(), state == null ? 0 : state.rows(), rows);
        }
    }
}
