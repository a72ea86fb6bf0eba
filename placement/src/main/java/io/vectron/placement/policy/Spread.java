package io.vectron.placement.policy;

import io.vectron.placement.model.CatalogEntry;
import io.vectron.placement.model.Cluster;
import io.vectron.placement.model.WorkerNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Chooses a worker for each shard of a new collection, one replica a shard.
 *
 * <p>Each shard goes to the worker that holds the fewest shards of this collection, so that all
 * workers share its load; among these to the one with the fewest replicas in all, so that small
 * collections spread as well; among these to the first by id. A worker that holds as many replicas
 * as it may takes no more.
 */
public final class Spread {
    private Spread() {}

    /** What the policy says. */
    public sealed interface Result {
        /**
         * There is room.
         *
         * @param workers a worker id for each shard, in the order of the shards
         */
        record Placed(List<String> workers) implements Result {
            public Placed {
                workers = List.copyOf(workers);
            }
        }

        /** No worker is registered. */
        record NoWorkers() implements Result {}

        /**
         * The workers may not hold that many more.
         *
         * @param free replicas that they may still take
         */
        record Full(long free) implements Result {}
    }

    /**
     * Places a collection's shards.
     *
     * @param shards number of shards, at least 1
     * @param replicasPerWorker most replicas that a worker may hold, at least 1
     */
    public static Result place(Cluster cluster, int shards, int replicasPerWorker) {
        if (shards < 1 || replicasPerWorker < 1) {
            throw new IllegalArgumentException(
                    "cannot place " + shards + " shards at " + replicasPerWorker + " a worker");
        }
        List<Load> loads = new ArrayList<>();
        for (WorkerNode worker : cluster.workers().values()) {
            if (worker.hasAddress()) {
                loads.add(new Load(worker.id(), 0, replicasOn(cluster, worker.id())));
            }
        }
        if (loads.isEmpty()) {
            return new Result.NoWorkers();
        }
        long free =
                loads.stream().mapToLong(load -> Math.max(0, replicasPerWorker - load.all)).sum();
        if (free < shards) {
            return new Result.Full(free);
        }
        loads.removeIf(load -> load.all >= replicasPerWorker);
        List<String> workers = new ArrayList<>(shards);
        for (int shard = 0; shard < shards; shard++) {
            Load least = loads.stream().min(Load.ORDER).orElseThrow();
            workers.add(least.worker);
            loads.remove(least);
            if (least.all + 1 < replicasPerWorker) {
                loads.add(new Load(least.worker, least.own + 1, least.all + 1));
            }
        }
        return new Result.Placed(workers);
    }

    private static int replicasOn(Cluster cluster, String worker) {
        int replicas = 0;
        for (CatalogEntry entry : cluster.collections().values()) {
            replicas += entry.replicasOn(worker);
        }
        return replicas;
    }

    /** A worker and what it holds: of the new collection, and in all. */
    private record Load(String worker, int own, int all) {
        static final Comparator<Load> ORDER =
                Comparator.comparingInt(Load::own)
                        .thenComparingInt(Load::all)
                        .thenComparing(Load::worker);
    }
}
