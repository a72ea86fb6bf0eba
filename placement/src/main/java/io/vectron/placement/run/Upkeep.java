package io.vectron.placement.run;

import io.vectron.common.rpc.Address;
import io.vectron.placement.config.PlanSettings;
import io.vectron.placement.config.RepairSettings;
import io.vectron.placement.model.CatalogEntry;
import io.vectron.placement.model.Cluster;
import io.vectron.placement.model.WorkerNode;
import io.vectron.placement.policy.Repairs;
import io.vectron.placement.policy.Standing;
import io.vectron.placement.state.ReplicatedCatalog;
import io.vectron.placement.worker.ReplicaClient;
import io.vectron.proto.log.v1.BeginChange;
import io.vectron.proto.log.v1.MemberChange;
import io.vectron.proto.log.v1.PlacementEntry;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after the members of shards, on the leader: begins the changes that {@link Repairs} asks
 * for, and takes replicas away that nobody counts on. Looks when told to, on one thread.
 */
public final class Upkeep {
    private static final Logger log = LoggerFactory.getLogger(Upkeep.class);

    private final ReplicatedCatalog catalog;
    private final Heartbeats heartbeats;
    private final CommandLog commands;
    private final ReplicaClient replicas;
    private final RepairSettings repair;
    private final int replicasPerWorker;
    private final LongSupplier nanoTime;
    private final ChangeRun.Tools tools;
    private final Map<String, Long> restUntilNanos = new HashMap<>(); // by shard
    private Set<Repairs.Stray> strays = Set.of(); // seen at the last look

    /** Settings of all this. */
    public record Limits(PlanSettings plans, RepairSettings repair, int replicasPerWorker) {}

    /**
     * @param nanoTime the clock, as {@link System#nanoTime}
     */
    public Upkeep(
            ReplicatedCatalog catalog,
            Heartbeats heartbeats,
            CommandLog commands,
            Actions actions,
            ReplicaClient replicas,
            Limits limits,
            LongSupplier nanoTime) {
        this.catalog = catalog;
        this.heartbeats = heartbeats;
        this.commands = commands;
        this.replicas = replicas;
        this.repair = limits.repair();
        this.replicasPerWorker = limits.replicasPerWorker();
        this.nanoTime = nanoTime;
        this.tools =
                new ChangeRun.Tools(
                        catalog::cluster,
                        new ChangeActions(catalog::cluster, actions, replicas, this::isGone),
                        commands,
                        limits.plans(),
                        new Semaphore(limits.plans().actionsAtOnce(), true),
                        this::isGone);
    }

    /** The job of a change under way. */
    ChangeRun job(String collection, MemberChange change) {
        return new ChangeRun(collection, change, tools);
    }

    /** Time between two looks. */
    Duration pause() {
        return repair.look();
    }

    /** Looks once; may wait for commands to be applied. */
    void look() throws InterruptedException {
        Cluster cluster = catalog.cluster();
        heartbeats.follow(cluster);
        Map<String, Standing> standing = heartbeats.standing(cluster);
        long now = nanoTime.getAsLong();
        restUntilNanos.values().removeIf(until -> until - now <= 0);
        Set<String> changing = new HashSet<>();
        for (CatalogEntry entry : cluster.collections().values()) {
            for (MemberChange change : entry.changes()) {
                changing.add(shard(entry.id(), change));
                rest(entry.id(), change, now); // until some time after it is over
            }
        }
        for (Repairs.Proposal proposal :
                Repairs.proposals(cluster, standing, repair, replicasPerWorker)) {
            String shard = shard(proposal.collection(), proposal.change());
            // What takes the place of a change that cannot go on does not wait for its end.
            if (changing.contains(shard) || !restUntilNanos.containsKey(shard)) {
                begin(proposal);
            }
        }
        clear(cluster, standing);
    }

    private void begin(Repairs.Proposal proposal) throws InterruptedException {
        log.warn(
                "collection {} shard {}: {} leaves, {} joins, renewed on {}: {}",
                proposal.collection(),
                proposal.change().getShard(),
                proposal.change().getLeaves(),
                proposal.change().getJoins(),
                proposal.change().getRenewedList(),
                proposal.change().getReason());
        rest(proposal.collection(), proposal.change(), nanoTime.getAsLong());
        Outcome outcome =
                commands.propose(
                        PlacementEntry.newBuilder()
                                .setBeginChange(
                                        BeginChange.newBuilder()
                                                .setId(proposal.collection())
                                                .setChange(proposal.change())));
        log.debug("recorded: {}", outcome);
    }

    /** Only what was a stray at two looks: a change may have ended in between. */
    private void clear(Cluster cluster, Map<String, Standing> standing)
            throws InterruptedException {
        Set<Repairs.Stray> now = new HashSet<>(Repairs.strays(cluster, standing, repair));
        for (Repairs.Stray stray : now) {
            WorkerNode worker = cluster.workers().get(stray.worker());
            if (strays.contains(stray) && worker != null && worker.hasAddress()) {
                log.warn("removing {}: nobody counts on it", stray);
                ReplicaClient.Result result =
                        replicas.remove(new Address(worker.host(), worker.port()), stray.group());
                log.debug("{}: {}", stray, result);
            }
        }
        strays = now;
    }

    private void rest(String collection, MemberChange change, long nowNanos) {
        restUntilNanos.put(shard(collection, change), nowNanos + repair.pause().toNanos());
    }

    private static String shard(String collection, MemberChange change) {
        return collection + "/" + change.getGeneration() + "/" + change.getShard();
    }

    private boolean isGone(String worker) {
        Cluster cluster = catalog.cluster();
        WorkerNode known = cluster.workers().get(worker);
        Standing standing = heartbeats.standing(cluster).get(worker);
        return known == null
                || !known.hasAddress()
                || standing == null
                || standing.silence().compareTo(repair.deadAfter()) >= 0;
    }
}
