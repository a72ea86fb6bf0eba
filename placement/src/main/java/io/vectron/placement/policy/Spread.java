package io.vectron.placement.policy;

import io.vectron.placement.model.CatalogEntry;
import io.vectron.placement.model.Cluster;
import io.vectron.placement.model.WorkerNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Chooses workers for the replicas of a new collection.
 *
 * <p>The replicas of a shard go to different workers, and as far as possible to different zones.
 * Then, each goes to the worker that holds the fewest replicas of this collection, so that all
 * workers share its load; among these to the one with the fewest replicas in all, so that small
 * collections spread as well; among these to the first by id. A worker that holds as many replicas
 * as it may takes no more.
 */
public final class Spread {
    private Spread() {}

    /**
     * What is to be placed.
     *
     * @param shards number of shards, at least 1
     * @param copies replicas of each, at least 1
     * @param replicasPerWorker most replicas that a worker may hold, at least 1
     * @param willing tells whether a worker may be given replicas now
     */
    public record Demand(
            int shards, int copies, int replicasPerWorker, Predicate<WorkerNode> willing) {
        public Demand {
            if (shards < 1 || copies < 1 || replicasPerWorker < 1) {
                throw new IllegalArgumentException(
                        "cannot place "
                                + copies
                                + " copies of "
                                + shards
                                + " shards at "
                                + replicasPerWorker
                                + " a worker");
            }
        }
    }

    /** What the policy says. */
    public sealed interface Result {
        /**
         * There is room.
         *
         * @param workers ids of the workers of each shard, in the order of the shards
         */
        record Placed(List<List<String>> workers) implements Result {
            public Placed {
                workers = workers.stream().map(List::copyOf).toList();
            }
        }

        /** No worker is registered. */
        record NoWorkers() implements Result {}

        /**
         * There are fewer workers than a shard has replicas.
         *
         * @param willing workers that may be given replicas now
         */
        record TooFew(int willing) implements Result {}

        /**
         * The workers may not hold that many more.
         *
         * @param free replicas that they may still take
         */
        record Full(long free) implements Result {}
    }

    /** Places a collection's replicas. */
    public static Result place(Cluster cluster, Demand demand) {
        if (cluster.workers().values().stream().noneMatch(WorkerNode::hasAddress)) {
            return new Result.NoWorkers();
        }
        List<WorkerNode> willing = willing(cluster, demand.willing());
        if (willing.size() < demand.copies()) {
            return new Result.TooFew(willing.size());
        }
        List<List<String>> spread = choose(loads(cluster, willing), demand, Load::even);
        if (spread == null) {
            // Where room is short, whoever has most of it comes first: if any order finds a place
            // for all, this one does.
            spread = choose(loads(cluster, willing), demand, Load::roomy);
        }
        return spread == null
                ? new Result.Full(free(loads(cluster, willing), demand))
                : new Result.Placed(spread);
    }

    /**
     * Chooses a worker for one more replica of a shard.
     *
     * @param zones those of its other replicas
     * @param without workers that may not be chosen
     * @return null if there is none
     */
    public static @Nullable String another(
            Cluster cluster, List<String> zones, Predicate<WorkerNode> without, Demand demand) {
        Map<String, Integer> used = new HashMap<>();
        zones.forEach(zone -> used.merge(zone, 1, Integer::sum));
        return loads(cluster, willing(cluster, demand.willing().and(without.negate()))).stream()
                .filter(load -> load.all < demand.replicasPerWorker())
                .min(Load.even(used))
                .map(load -> load.worker.id())
                .orElse(null);
    }

    private static List<WorkerNode> willing(Cluster cluster, Predicate<WorkerNode> willing) {
        return cluster.workers().values().stream()
                .filter(WorkerNode::hasAddress)
                .filter(willing)
                .toList();
    }

    private static List<Load> loads(Cluster cluster, List<WorkerNode> workers) {
        List<Load> loads = new ArrayList<>();
        for (WorkerNode worker : workers) {
            loads.add(new Load(worker, 0, replicasOn(cluster, worker.id())));
        }
        return loads;
    }

    private static long free(List<Load> loads, Demand demand) {
        return loads.stream()
                .mapToLong(load -> Math.max(0, demand.replicasPerWorker() - load.all))
                .sum();
    }

    /** Null if a shard finds too few workers with room. */
    private static @Nullable List<List<String>> choose(
            List<Load> loads,
            Demand demand,
            Function<Map<String, Integer>, Comparator<Load>> order) {
        List<List<String>> shards = new ArrayList<>(demand.shards());
        for (int shard = 0; shard < demand.shards(); shard++) {
            Map<String, Integer> zones = new HashMap<>();
            List<Load> left = new ArrayList<>(loads);
            List<String> members = new ArrayList<>();
            for (int copy = 0; copy < demand.copies(); copy++) {
                Load chosen =
                        left.stream()
                                .filter(load -> load.all < demand.replicasPerWorker())
                                .min(order.apply(zones))
                                .orElse(null);
                if (chosen == null) {
                    return null;
                }
                left.remove(chosen);
                loads.remove(chosen);
                loads.add(new Load(chosen.worker, chosen.own + 1, chosen.all + 1));
                zones.merge(chosen.worker.zone(), 1, Integer::sum);
                members.add(chosen.worker.id());
            }
            shards.add(members);
        }
        return shards;
    }

    private static int replicasOn(Cluster cluster, String worker) {
        int replicas = 0;
        for (CatalogEntry entry : cluster.collections().values()) {
            replicas += entry.replicasOn(worker);
        }
        return replicas;
    }

    /** A worker and what it holds: of the new collection, and in all. */
    private record Load(WorkerNode worker, int own, int all) {
        /**
         * The better choice first.
         *
         * @param zones replicas of the shard by zone. Workers that name none are in one zone.
         */
        static Comparator<Load> even(Map<String, Integer> zones) {
            return inZones(zones)
                    .thenComparingInt(Load::own)
                    .thenComparingInt(Load::all)
                    .thenComparing(load -> load.worker.id());
        }

        /** Whoever has most room first. */
        static Comparator<Load> roomy(Map<String, Integer> zones) {
            return Comparator.comparingInt(Load::all)
                    .thenComparing(inZones(zones))
                    .thenComparing(load -> load.worker.id());
        }

        private static Comparator<Load> inZones(Map<String, Integer> zones) {
            return Comparator.comparingInt(load -> zones.getOrDefault(load.worker.zone(), 0));
        }
    }
}
