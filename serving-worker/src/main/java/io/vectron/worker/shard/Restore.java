package io.vectron.worker.shard;

import java.io.IOException;

/** Tells an index at a start what its own files do not: deaths, and the rows that came last. */
final class Restore {
    private Restore() {}

    /**
     * Deaths first: a row that the index has is dead before a newer one of its id is there.
     *
     * @throws IOException if the view cannot be read, holds a row that no index can take, or is
     *     older than the index's files
     */
    static void all(ShardFacts facts, PointView view, PointIndex index) throws IOException {
        ShardState state = view.state();
        long position = state == null ? 0 : state.position();
        long from = index.restoreFrom();
        if (from > position) {
            throw new IOException(
                    "the index of "
                            + facts.label()
                            + " has rows up to "
                            + from
                            + ", its store is at "
                            + position);
        }
        view.deaths(index::restoreDeath);
        view.recent(
                from,
                row -> {
                    one(facts, row, index);
                    return true;
                });
    }

    private static void one(ShardFacts facts, StoredRow row, PointIndex index) throws IOException {
        switch (PointVectors.find(facts.vector(), row.point())) {
            case PointVectors.Found.Fit(var vector) ->
                    index.restore(row.id(), row.version(), vector);
            case PointVectors.Found.Unfit(var reason) ->
                    throw new IOException(
                            "row '" + row.id() + "' of " + facts.label() + ": " + reason);
        }
    }
}
