package io.vectron.worker.shard;

import java.io.IOException;

/** Puts the rows of a store into an empty index. */
final class Restore {
    private Restore() {}

    /** Every row of the view; the digest is computed on the way, since each row is read anyway. */
    static DigestCheck all(ShardFacts facts, PointView view, PointIndex index) throws IOException {
        ShardState state = view.state();
        DigestCheck.Recount recount = new DigestCheck.Recount();
        view.scan(row -> {
            recount.add(row);
            one(facts, row, index);
        });
        return recount.check(view, state == null ? 0 : state.rows());
    }

    private static void one(ShardFacts facts, StoredRow row, PointIndex index) throws IOException {
        switch (PointVectors.find(facts.vector(), row.point())) {
            case PointVectors.Found.Fit(var vector) -> {
                if (!index.hasRoom(1)) {
                    throw new IndexFullException(facts.label(), 1);
                }
                index.restore(row.id(), row.version(), PointVectors.toArray(vector));
            }
            case PointVectors.Found.Unfit(var reason) ->
                    throw new IOException(
                            "row '" + row.id() + "' of " + facts.label() + ": " + reason);
        }
    }
}
