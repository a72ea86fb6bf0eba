package io.vectron.worker.shard;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vectron.common.digest.Digest;
import io.vectron.common.digest.DigestAccumulator;
import io.vectron.common.digest.RowHash;
import io.vectron.index.sealed.Pace;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Whether the rows are the ones that the log wrote: the digest that was maintained write by write,
 * against the one computed from the rows.
 *
 * @param position where the rows are
 * @param maintained the digest as it was maintained
 * @param recomputed the digest of the rows
 * @param maintainedRows rows as they were counted
 * @param rows rows found
 */
public record DigestCheck(
        long position, Digest maintained, Digest recomputed, long maintainedRows, long rows) {

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
        try {
            return of(view, Pace.unbounded());
        } catch (InterruptedException e) {
            throw new AssertionError("nobody interrupts", e);
        }
    }

    /**
     * As {@link #of(PointView)}, at a pace.
     *
     * @throws InterruptedException if the pace says so
     */
    public static DigestCheck of(PointView view, Pace pace)
            throws IOException, InterruptedException {
        return new Recount(pace).check(view);
    }

    /** Counts rows during a scan. */
    private static final class Recount {
        private final DigestAccumulator digest = new DigestAccumulator();
        private final Pace pace;
        private @Nullable InterruptedException stopped;
        private long rows;

        Recount(Pace pace) {
            this.pace = pace;
        }

        private boolean add(StoredRow row) {
            try {
                pace.read(row.point().size());
            } catch (InterruptedException e) {
                stopped = e;
                return false;
            }
            // From the bytes, not from the stored hash: a changed byte must show.
            byte[] id = row.id().getBytes(UTF_8);
            digest.add(id, RowHash.of(id, row.version(), row.point().toByteArray()));
            rows++;
            return true;
        }

        private DigestCheck check(PointView view) throws IOException, InterruptedException {
            ShardState state = view.state();
            view.scan(this::add);
            if (stopped != null) {
                throw stopped;
            }
            return new DigestCheck(
                    state == null ? 0 : state.position(),
                    view.digest(),
                    digest.snapshot(),
                    state == null ? 0 : state.rows(),
                    rows);
        }
    }
}
