package io.vectron.placement.run;

import io.vectron.common.error.ErrorCode;
import io.vectron.common.error.VectronException;
import io.vectron.placement.model.CatalogEntry;
import io.vectron.placement.model.Cluster;
import io.vectron.placement.policy.Repairs;
import io.vectron.placement.policy.Standing;
import io.vectron.placement.state.Answer;
import io.vectron.proto.log.v1.BeginChange;
import io.vectron.proto.log.v1.CollectionState;
import io.vectron.proto.log.v1.Generation;
import io.vectron.proto.log.v1.MemberChange;
import io.vectron.proto.log.v1.PlacementEntry;
import io.vectron.proto.log.v1.ShardPlacement;
import io.vectron.proto.v1.RebuildOutcome;
import io.vectron.proto.v1.ShardRebuild;
import io.vectron.proto.worker.v1.LogDiverged;
import io.vectron.proto.worker.v1.LogDivergence;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What becomes of the wish to make shards anew, by what is recorded and what workers tell. */
final class Rebuilds {
    private final Heartbeats heartbeats;
    private final int replicasPerWorker;

    Rebuilds(Heartbeats heartbeats, int replicasPerWorker) {
        this.heartbeats = heartbeats;
        this.replicasPerWorker = replicasPerWorker;
    }

    /** What to do about a shard. */
    sealed interface Decision {
        /** Nothing. */
        record Nothing(ShardRebuild answer) implements Decision {}

        /** Begin a change. */
        record Begin(String collection, MemberChange change) implements Decision {
            PlacementEntry.Builder command() {
                return PlacementEntry.newBuilder()
                        .setBeginChange(
                                BeginChange.newBuilder().setId(collection).setChange(change));
            }

            /** What to tell when it was proposed. */
            ShardRebuild answer(Answer proposed) {
                return switch (proposed) {
                    case Answer.Done done ->
                            told(
                                    change.getShard(),
                                    RebuildOutcome.REBUILD_OUTCOME_STARTED,
                                    "on "
                                            + String.join(", ", change.getRenewedList())
                                            + ", from offset "
                                            + change.getFirstPosition());
                    case Answer.Conflict conflict -> underWay(change.getShard());
                    case Answer.Unknown unknown ->
                            throw new VectronException(
                                    ErrorCode.COLLECTION_NOT_FOUND, "name", "deleted meanwhile");
                    case Answer.Invalid invalid ->
                            throw new IllegalStateException(invalid.reason());
                    case Answer.NameTaken taken ->
                            throw new IllegalStateException("no answer to this: " + taken);
                };
            }
        }
    }

    /**
     * The partitions meant, in order.
     *
     * @param shards none means all
     */
    List<Integer> wanted(@Nullable CatalogEntry entry, String name, Collection<Integer> shards) {
        int count = require(entry, name).facts().getShards();
        for (int shard : shards) {
            if (shard < 0 || shard >= count) {
                throw new VectronException(
                        ErrorCode.INVALID_REQUEST,
                        "shards",
                        "there is no shard "
                                + Integer.toUnsignedString(shard)
                                + ", the collection has 0 to "
                                + (count - 1));
            }
        }
        return shards.isEmpty()
                ? IntStream.range(0, count).boxed().toList()
                : shards.stream().distinct().sorted().toList();
    }

    private static CatalogEntry require(@Nullable CatalogEntry entry, String name) {
        if (entry == null) {
            throw new VectronException(
                    ErrorCode.COLLECTION_NOT_FOUND, "name", "no collection '" + name + "'");
        }
        if (entry.state() != CollectionState.COLLECTION_STATE_READY) {
            throw new VectronException(
                    ErrorCode.COLLECTION_NOT_READY, "name", "'" + name + "' is not ready");
        }
        return entry;
    }

    /** What to do about a shard of a collection's active generation. */
    Decision decide(Cluster cluster, @Nullable CatalogEntry now, int number) {
        CatalogEntry entry = require(now, "the collection");
        if (entry.changes().stream().anyMatch(it -> it.getShard() == number)) {
            return new Decision.Nothing(underWay(number));
        }
        Generation generation =
                entry.record().getGenerationsList().stream()
                        .filter(Generation::getActive)
                        .findFirst()
                        .orElseThrow(() -> new IllegalStateException("no generation is active"));
        ShardPlacement shard = generation.getShards(number);
        Map<String, Standing> standing = heartbeats.standing(cluster);
        LogDiverged diverged = Repairs.divergence(standing, shard);
        if (diverged == null) {
            return nothing(
                    number,
                    RebuildOutcome.REBUILD_OUTCOME_NOT_NEEDED,
                    "no replica tells of a log that is not the shard's");
        }
        if (diverged.getDivergence() == LogDivergence.LOG_DIVERGENCE_OTHER_TOPIC) {
            return nothing(
                    number,
                    RebuildOutcome.REBUILD_OUTCOME_OTHER_TOPIC,
                    "the topic was deleted and made anew: delete the collection and create it"
                            + " again, under a topic of its own");
        }
        MemberChange change =
                Repairs.rebuild(
                        cluster,
                        standing,
                        heartbeats.settings(),
                        replicasPerWorker,
                        entry,
                        shard,
                        diverged);
        return change == null
                ? nothing(
                        number,
                        RebuildOutcome.REBUILD_OUTCOME_NO_ROOM,
                        "too few workers are heard and have room")
                : new Decision.Begin(
                        entry.id(),
                        change.toBuilder().setGeneration(generation.getNumber()).build());
    }

    private static Decision.Nothing nothing(int shard, RebuildOutcome outcome, String detail) {
        return new Decision.Nothing(told(shard, outcome, detail));
    }

    private static ShardRebuild underWay(int shard) {
        return told(
                shard,
                RebuildOutcome.REBUILD_OUTCOME_UNDER_WAY,
                "a change of its members is under way");
    }

    private static ShardRebuild told(int shard, RebuildOutcome outcome, String detail) {
        return ShardRebuild.newBuilder()
                .setShard(shard)
                .setOutcome(outcome)
                .setDetail(detail)
                .build();
    }
}
