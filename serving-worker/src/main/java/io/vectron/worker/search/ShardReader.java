package io.vectron.worker.search;

import io.vectron.index.Helpers;
import io.vectron.index.SearchQuery;
import io.vectron.index.SearchResult;
import io.vectron.proto.worker.v1.FoundPoint;
import io.vectron.proto.worker.v1.Hit;
import io.vectron.proto.worker.v1.IndexDiffers;
import io.vectron.proto.worker.v1.Invalid;
import io.vectron.proto.worker.v1.Quarantined;
import io.vectron.proto.worker.v1.ShardHits;
import io.vectron.proto.worker.v1.ShardPoints;
import io.vectron.proto.worker.v1.ShardState;
import io.vectron.worker.replica.DamagedReplicaException;
import io.vectron.worker.replica.Reading;
import io.vectron.worker.replica.ShardReplica;
import io.vectron.worker.shard.StoredRow;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Answers for one shard, each exactly the state at the position it names. Computes and blocks. */
final class ShardReader {
    private final int attempts;
    private final Helpers helpers;

    /**
     * @param attempts searches that may find that the shard has moved on meanwhile, before one is
     *     made while it stands still
     * @param helpers take part in searches
     */
    ShardReader(int attempts, Helpers helpers) {
        this.attempts = attempts;
        this.helpers = helpers;
    }

    /** Null if the replica cannot be read. */
    @Nullable ShardHits search(
            ShardReplica replica, SearchQuery query, Projection projection, AnswerBudget budget)
            throws IOException {
        for (int i = 0; i < attempts; i++) {
            try (Reading reading = replica.read()) {
                if (reading == null) {
                    return null;
                }
                ShardHits hits = tryOnce(replica, reading, query, projection, budget);
                if (hits != null) {
                    return hits;
                }
            }
        }
        return replica.<@Nullable ShardHits>readStill(reading ->
                reading == null
                        ? null
                        : still(tryOnce(replica, reading, query, projection, budget)));
    }

    private static ShardHits still(@Nullable ShardHits hits) {
        if (hits == null) {
            throw new IllegalStateException("index and store are at two positions");
        }
        return hits;
    }

    /** Null if the index has moved on since the reading was taken. */
    private @Nullable ShardHits tryOnce(
            ShardReplica replica,
            Reading reading,
            SearchQuery query,
            Projection projection,
            AnswerBudget budget)
            throws IOException {
        SearchResult result;
        try {
            result = reading.index().search(query, helpers);
        } catch (IllegalArgumentException e) {
            Invalid.Builder invalid =
                    Invalid.newBuilder().setMessage(String.valueOf(e.getMessage()));
            return ShardHits.newBuilder().setInvalid(invalid).build();
        }
        // Without rows the answer comes from the index alone, whatever position it is at. Rows
        // must be those of the same position.
        if (projection.readsRows() && result.position() != reading.state().position()) {
            return null;
        }
        ShardHits.Builder answer =
                ShardHits.newBuilder().setState(state(replica, reading, result.position()));
        Map<String, StoredRow> rows =
                projection.readsRows()
                        ? reading.view()
                                .rows(result.hits().stream().map(SearchResult.Hit::id).toList())
                        : Map.of();
        for (SearchResult.Hit hit : result.hits()) {
            Hit.Builder out =
                    Hit.newBuilder()
                            .setId(hit.id())
                            .setDistance(hit.distance())
                            .setScore(hit.score())
                            .setVersion(hit.version());
            if (projection.readsRows()) {
                out.setPoint(projection.of(rowOf(result, hit, rows.get(hit.id()))));
            }
            Hit built = out.build();
            budget.spend(built.getSerializedSize());
            answer.addHits(built);
        }
        return answer.build();
    }

    private static StoredRow rowOf(
            SearchResult result, SearchResult.Hit hit, @Nullable StoredRow row) {
        if (row == null || row.version() != hit.version()) {
            // Store and index are at the same position and do not agree: damage, never to be
            // answered as if it were data.
            throw DamagedReplicaException.quarantined(
                    "the index has version "
                            + hit.version()
                            + " of '"
                            + hit.id()
                            + "', the store "
                            + (row == null ? "none" : row.version()),
                    Quarantined.newBuilder()
                            .setIndexDiffers(
                                    IndexDiffers.newBuilder()
                                            .setPosition(result.position())
                                            .setMissing(row == null ? 0 : 1)
                                            .setExtra(1))
                            .build());
        }
        return row;
    }

    /** Null if the replica cannot be read. */
    @Nullable ShardPoints get(
            ShardReplica replica, List<String> ids, Projection projection, AnswerBudget budget)
            throws IOException {
        try (Reading reading = replica.read()) {
            if (reading == null) {
                return null;
            }
            ShardPoints.Builder answer =
                    ShardPoints.newBuilder()
                            .setState(state(replica, reading, reading.state().position()));
            Map<String, StoredRow> rows = reading.view().rows(ids);
            for (String id : ids) {
                StoredRow row = rows.get(id);
                if (row != null) {
                    FoundPoint found =
                            FoundPoint.newBuilder()
                                    .setId(id)
                                    .setVersion(row.version())
                                    .setPoint(projection.of(row))
                                    .build();
                    budget.spend(found.getSerializedSize());
                    answer.addPoints(found);
                }
            }
            return answer.build();
        }
    }

    private static ShardState state(ShardReplica replica, Reading reading, long position) {
        return ShardState.newBuilder()
                .setPosition(position)
                .setTopicId(replica.facts().topicId())
                .setEpoch(reading.state().epoch())
                .setGeneration(replica.facts().generation())
                .build();
    }
}
