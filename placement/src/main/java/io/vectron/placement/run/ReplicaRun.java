package io.vectron.placement.run;

import io.vectron.placement.config.PlanSettings;
import io.vectron.placement.model.CatalogEntry;
import io.vectron.placement.model.Cluster;
import io.vectron.placement.model.WorkerNode;
import io.vectron.placement.plan.Action;
import io.vectron.placement.plan.ActionResult;
import io.vectron.proto.log.v1.CatalogRecord;
import io.vectron.proto.log.v1.CollectionState;
import io.vectron.proto.log.v1.Generation;
import io.vectron.proto.log.v1.ShardPlacement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives a worker that has registered the replicas that ready collections have there: it may come
 * back with an empty disk. One that still has them is done at once.
 *
 * <p>Only replicas that are alone in their group: one of several must not vote with an empty
 * memory, which takes a change of the group's members.
 */
final class ReplicaRun implements Reconciler.Job {
    private static final Logger log = LoggerFactory.getLogger(ReplicaRun.class);

    private final String worker;
    private final Supplier<Cluster> cluster;
    private final Actions actions;
    private final Semaphore slots;
    private final Backoff backoff;
    private final Set<String> restored = ConcurrentHashMap.newKeySet(); // groups
    private volatile boolean finished;

    /**
     * @param worker id of the worker
     * @param slots taken during the call for a replica, never during a pause
     */
    ReplicaRun(
            String worker,
            Supplier<Cluster> cluster,
            Actions actions,
            PlanSettings settings,
            Semaphore slots) {
        this.worker = worker;
        this.cluster = cluster;
        this.actions = actions;
        this.slots = slots;
        this.backoff = new Backoff(settings.firstRetry(), settings.longestRetry());
    }

    String worker() {
        return worker;
    }

    /** Whether nothing is left to do. Any thread may ask. */
    boolean finished() {
        return finished;
    }

    /** Goes on until the worker has its replicas, or is registered no longer. */
    @Override
    public void run() throws InterruptedException {
        String lastComplaint = "";
        while (true) {
            ActionResult result = Fanout.all(missing(cluster.get()));
            if (result instanceof ActionResult.Done) {
                finished = true;
                return;
            }
            String complaint = result.toString();
            if (!complaint.equals(lastComplaint)) {
                lastComplaint = complaint; // once is enough, however long it lasts
                log.warn("worker {} lacks replicas, tried again: {}", worker, complaint);
            }
            Thread.sleep(backoff.pause());
        }
    }

    /** A call for each replica that is not known to be there. */
    private List<Fanout.Call> missing(Cluster now) {
        List<Fanout.Call> calls = new ArrayList<>();
        WorkerNode node = now.workers().get(worker);
        if (node == null || !node.hasAddress()) {
            return calls;
        }
        for (CatalogEntry entry : now.collections().values()) {
            if (entry.state() != CollectionState.COLLECTION_STATE_READY) {
                continue; // its plan adds or removes them
            }
            for (Generation generation : entry.record().getGenerationsList()) {
                for (ShardPlacement shard : generation.getShardsList()) {
                    if (shard.getMembersList().equals(List.of(worker))
                            && !restored.contains(shard.getGroup())) {
                        calls.add(() -> restore(entry, generation, shard));
                    }
                }
            }
        }
        return calls;
    }

    private ActionResult restore(CatalogEntry entry, Generation generation, ShardPlacement shard)
            throws InterruptedException {
        CatalogRecord only =
                entry.record().toBuilder()
                        .clearGenerations()
                        .addGenerations(generation.toBuilder().clearShards().addShards(shard))
                        .build();
        slots.acquire();
        try {
            if (!isReady(entry)) {
                return new ActionResult.Done();
            }
            ActionResult added = actions.run(new Action.AddReplicas(only));
            if (!isReady(entry)) {
                // The deletion may have removed it before it was added again.
                return actions.run(new Action.RemoveReplicas(only));
            }
            if (added instanceof ActionResult.Done) {
                restored.add(shard.getGroup());
            }
            return added;
        } finally {
            slots.release();
        }
    }

    private boolean isReady(CatalogEntry entry) {
        CatalogEntry now = cluster.get().collection(entry.id());
        return now != null && now.state() == CollectionState.COLLECTION_STATE_READY;
    }
}
