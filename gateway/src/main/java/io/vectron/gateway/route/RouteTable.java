package io.vectron.gateway.route;

import io.vectron.common.collection.CollectionRules;
import io.vectron.common.rpc.Address;
import io.vectron.proto.log.v1.CatalogRecord;
import io.vectron.proto.log.v1.Generation;
import io.vectron.proto.log.v1.IndexParameters;
import io.vectron.proto.log.v1.ShardPlacement;
import io.vectron.proto.placement.v1.PlacedCollection;
import io.vectron.proto.placement.v1.View;
import io.vectron.proto.placement.v1.Worker;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The collections of one view. Immutable. */
public final class RouteTable {

    private final long version;
    private final Map<String, CollectionRoute> byName;
    private final SortedMap<String, Address> workers;

    private RouteTable(
            long version, Map<String, CollectionRoute> byName, SortedMap<String, Address> workers) {
        this.version = version;
        this.byName = byName;
        this.workers = workers;
    }

    /**
     * Reads a view.
     *
     * @param tenant whose collections
     */
    public static RouteTable of(View view, String tenant) {
        SortedMap<String, Address> workers = new TreeMap<>();
        for (Worker worker : view.getWorkersList()) {
            workers.put(worker.getId(), new Address(worker.getHost(), worker.getPort()));
        }
        Map<String, CollectionRoute> byName = new TreeMap<>();
        for (PlacedCollection placed : view.getCollectionsList()) {
            CatalogRecord record = placed.getRecord();
            if (record.getFacts().getTenant().equals(tenant)) {
                byName.put(record.getFacts().getName(), route(view.getVersion(), record, workers));
            }
        }
        return new RouteTable(
                view.getVersion(),
                Collections.unmodifiableMap(byName),
                Collections.unmodifiableSortedMap(workers));
    }

    private static CollectionRoute route(
            long version, CatalogRecord record, Map<String, Address> workers) {
        int number = 0;
        IndexParameters index = IndexParameters.getDefaultInstance();
        List<ShardRoute> shards = new ArrayList<>();
        for (Generation generation : record.getGenerationsList()) {
            if (generation.getActive()) {
                number = generation.getNumber();
                index = generation.getIndex();
                for (ShardPlacement shard : generation.getShardsList()) {
                    shards.add(route(shard, workers));
                }
            }
        }
        shards.sort(Comparator.comparingInt(ShardRoute::shard));
        return new CollectionRoute(
                version,
                record.getFacts(),
                record.getTopicId(),
                record.getState(),
                number,
                CollectionRules.withDefaults(index),
                shards);
    }

    private static ShardRoute route(ShardPlacement shard, Map<String, Address> workers) {
        List<ShardRoute.Replica> replicas = new ArrayList<>();
        for (String member : shard.getMembersList()) {
            Address address = workers.get(member);
            if (address != null) {
                replicas.add(new ShardRoute.Replica(member, address));
            }
        }
        for (String listener : shard.getListenersList()) {
            Address address = workers.get(listener);
            if (address != null) {
                replicas.add(new ShardRoute.Replica(listener, address));
            }
        }
        return new ShardRoute(shard.getShard(), shard.getGroup(), shard.getEpoch(), replicas);
    }

    /** Addresses of the registered workers, by id. */
    public SortedMap<String, Address> workers() {
        return workers;
    }

    /** Version of the view. */
    public long version() {
        return version;
    }

    /** The collection of that name in any state; null if there is none. */
    public @Nullable CollectionRoute find(String name) {
        return byName.get(name);
    }

    /** All collections, sorted by name. */
    public Collection<CollectionRoute> all() {
        return byName.values();
    }
}
