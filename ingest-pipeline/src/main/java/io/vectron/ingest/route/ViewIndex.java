package io.vectron.ingest.route;

import io.vectron.common.rpc.Address;
import io.vectron.ingest.feed.ShardFeed;
import io.vectron.proto.log.v1.CatalogRecord;
import io.vectron.proto.log.v1.CollectionState;
import io.vectron.proto.log.v1.Generation;
import io.vectron.proto.log.v1.ShardPlacement;
import io.vectron.proto.placement.v1.GroupLeader;
import io.vectron.proto.placement.v1.PlacedCollection;
import io.vectron.proto.placement.v1.View;
import io.vectron.proto.placement.v1.Worker;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A view of placement, indexed for the job: the shards that want a feed, by group, and the workers
 * by id. A collection wants feeds once its topic exists and until its deletion begins.
 *
 * @param version version of the view
 * @param shards shards by group
 * @param workers addresses by worker id
 * @param names names of all collections, in whatever state
 * @param leaders worker that leads, by group, as far as placement knows
 */
public record ViewIndex(
        long version,
        Map<String, ShardView> shards,
        Map<String, Address> workers,
        Set<String> names,
        Map<String, String> leaders) {
    public ViewIndex {
        shards = Map.copyOf(shards);
        workers = Map.copyOf(workers);
        names = Set.copyOf(names);
        leaders = Map.copyOf(leaders);
    }

    /** The index of a view. */
    public static ViewIndex of(View view) {
        Map<String, ShardView> shards = new LinkedHashMap<>();
        Set<String> names = new HashSet<>();
        for (PlacedCollection collection : view.getCollectionsList()) {
            CatalogRecord record = collection.getRecord();
            names.add(record.getFacts().getName());
            if (!wantsFeed(record)) {
                continue;
            }
            for (Generation generation : record.getGenerationsList()) {
                for (ShardPlacement shard : generation.getShardsList()) {
                    shards.put(shard.getGroup(), shardOf(record, generation, shard));
                }
            }
        }
        Map<String, Address> workers = new HashMap<>();
        for (Worker worker : view.getWorkersList()) {
            workers.put(worker.getId(), new Address(worker.getHost(), worker.getPort()));
        }
        Map<String, String> leaders = new HashMap<>();
        for (GroupLeader leader : view.getLeadersList()) {
            leaders.put(leader.getGroup(), leader.getWorker());
        }
        return new ViewIndex(view.getVersion(), shards, workers, names, leaders);
    }

    /** The shard of this group, null if it wants no feed (any more). */
    public @Nullable ShardView shard(String group) {
        return shards.get(group);
    }

    private static ShardView shardOf(
            CatalogRecord record, Generation generation, ShardPlacement shard) {
        ShardFeed feed =
                new ShardFeed(
                        record.getFacts(),
                        record.getTopicId(),
                        shard.getShard(),
                        generation.getNumber(),
                        shard.getGroup(),
                        shard.getEpoch());
        return new ShardView(feed, generation.getActive(), shard.getMembersList());
    }

    /** Until a collection is ready, its shards may have no replica that could answer. */
    private static boolean wantsFeed(CatalogRecord record) {
        return record.getState() == CollectionState.COLLECTION_STATE_READY;
    }
}
