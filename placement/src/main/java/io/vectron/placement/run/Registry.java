package io.vectron.placement.run;

import io.vectron.common.collection.CollectionRules;
import io.vectron.common.error.ErrorCode;
import io.vectron.common.error.VectronException;
import io.vectron.common.log.GroupIds;
import io.vectron.placement.config.PlacementLimits;
import io.vectron.placement.config.PlanSettings;
import io.vectron.placement.model.CatalogEntry;
import io.vectron.placement.model.Cluster;
import io.vectron.placement.model.Failure;
import io.vectron.placement.model.WorkerNode;
import io.vectron.placement.plan.Plans;
import io.vectron.placement.policy.Spread;
import io.vectron.placement.state.Answer;
import io.vectron.placement.state.ReplicatedCatalog;
import io.vectron.placement.state.Signal;
import io.vectron.proto.log.v1.CollectionFacts;
import io.vectron.proto.log.v1.CollectionState;
import io.vectron.proto.log.v1.Generation;
import io.vectron.proto.log.v1.IndexParameters;
import io.vectron.proto.log.v1.PlacementEntry;
import io.vectron.proto.log.v1.RecordCollection;
import io.vectron.proto.log.v1.ShardPlacement;
import io.vectron.proto.placement.v1.HeartbeatRequest;
import io.vectron.proto.v1.ShardRebuild;
import io.vectron.replication.PeerId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What callers ask for: decides it on the leader, records it, and waits until the plans have done
 * it. Any thread may call; calls block. Errors are {@link VectronException}s.
 *
 * <p>A decision that depends on the whole cluster (names, limits, places) and its record happen
 * under one lock, so that it still holds when it is applied.
 */
public final class Registry {
    private static final Pattern TENANT = Pattern.compile("[a-z0-9_-]{0,63}");

    /** Epoch that a new shard's membership starts with. */
    private static final long FIRST_EPOCH = 1;

    private static final int FIRST_GENERATION = 1;
    private static final int FIRST_INCARNATION = 0;

    private final ReplicatedCatalog catalog;
    private final CommandLog commands;
    private final PlacementLimits limits;
    private final PlanSettings settings;
    private final Function<@Nullable PeerId, VectronException> notLeader;
    private final Consumer<String> registered;
    private final Heartbeats heartbeats;
    private final Signal signal = new Signal();
    private final ReentrantLock deciding = new ReentrantLock(true);
    private final Semaphore waiters;

    /**
     * @param notLeader the error to answer with while the given member, if known, leads
     * @param registered told the id of each worker that has registered, known or not; must not
     *     block
     * @param heartbeats what workers tell
     */
    public Registry(
            ReplicatedCatalog catalog,
            CommandLog commands,
            PlacementLimits limits,
            PlanSettings settings,
            Function<@Nullable PeerId, VectronException> notLeader,
            Consumer<String> registered,
            Heartbeats heartbeats) {
        this.catalog = catalog;
        this.commands = commands;
        this.limits = limits;
        this.settings = settings;
        this.notLeader = notLeader;
        this.registered = registered;
        this.heartbeats = heartbeats;
        this.waiters = new Semaphore(limits.waiters());
        catalog.listen(signal::raise);
    }

    /** A collection, and the version of a view that shows it. */
    public record Created(CatalogEntry collection, long viewVersion) {}

    /** Lets callers that wait look whether they are still wanted. */
    public void wake() {
        signal.raise();
    }

    /**
     * Creates a collection and waits until it is ready. When the caller leaves, the creation goes
     * on.
     *
     * @throws VectronException the codes of {@link CollectionRules#facts}; INVALID_REQUEST
     *     (tenant), COLLECTION_EXISTS, NO_WORKERS, CAPACITY_EXHAUSTED, OVERLOADED, NOT_LEADER,
     *     UNAVAILABLE, DEADLINE_EXCEEDED; TOPIC_REFUSED or a worker's code if it was given up
     */
    public Created create(CollectionRules.Request request, Caller caller)
            throws InterruptedException {
        if (!TENANT.matcher(request.tenant()).matches()) {
            throw new VectronException(
                    ErrorCode.INVALID_REQUEST, "tenant", "tenant must match " + TENANT);
        }
        CollectionFacts facts = CollectionRules.facts(request, UUID.randomUUID(), 0);
        IndexParameters index = CollectionRules.index(request.index());
        try (Waiting _ = enter()) {
            decide(caller, cluster -> recording(cluster, facts, index));
            return awaitReady(facts.getId(), caller);
        }
    }

    /**
     * Deletes a collection in whatever state and waits until it is gone. When the caller leaves,
     * the deletion goes on.
     *
     * @return version of a view without it
     * @throws VectronException COLLECTION_NOT_FOUND, OVERLOADED, NOT_LEADER, UNAVAILABLE,
     *     DEADLINE_EXCEEDED
     */
    public long delete(String tenant, String name, Caller caller) throws InterruptedException {
        try (Waiting _ = enter()) {
            requireLeadership();
            CatalogEntry entry = catalog.cluster().find(tenant, name);
            if (entry == null) {
                throw new VectronException(
                        ErrorCode.COLLECTION_NOT_FOUND, "name", "no collection '" + name + "'");
            }
            String id = entry.id();
            while (true) {
                CatalogEntry now = catalog.cluster().collection(id);
                if (now == null || now.state() == CollectionState.COLLECTION_STATE_DELETING) {
                    return awaitGone(id, caller);
                }
                // A plan that moved on in between makes this a conflict: look again.
                propose(Plans.delete(now), caller);
            }
        }
    }

    /**
     * Begins to make shards anew whose logs diverged, from what their logs hold now.
     *
     * @param shards partition numbers; none means all of them
     * @return what became of it, by number
     * @throws VectronException COLLECTION_NOT_FOUND, COLLECTION_NOT_READY, INVALID_REQUEST
     *     (shards), OVERLOADED, NOT_LEADER, UNAVAILABLE
     */
    public List<ShardRebuild> rebuild(
            String tenant, String name, Collection<Integer> shards, Caller caller)
            throws InterruptedException {
        try (Waiting _ = enter()) {
            requireLeadership();
            Rebuilds rebuilds = new Rebuilds(heartbeats, limits.replicasPerWorker());
            List<ShardRebuild> answers = new ArrayList<>();
            for (int shard : rebuilds.wanted(catalog.cluster().find(tenant, name), name, shards)) {
                // The cluster anew for each: the places taken by the ones before count.
                Cluster cluster = catalog.cluster();
                Rebuilds.Decision decision =
                        rebuilds.decide(cluster, cluster.find(tenant, name), shard);
                answers.add(
                        switch (decision) {
                            case Rebuilds.Decision.Nothing nothing -> nothing.answer();
                            case Rebuilds.Decision.Begin begin ->
                                    begin.answer(propose(begin.command(), caller));
                        });
            }
            return answers;
        }
    }

    /**
     * Records a worker and where it listens. Its replicas are given back to it in the background,
     * should it have lost them.
     *
     * @return version of a view that shows it
     * @throws VectronException INVALID_REQUEST, CAPACITY_EXHAUSTED, NOT_LEADER, UNAVAILABLE,
     *     DEADLINE_EXCEEDED
     */
    public long register(WorkerNode worker, Caller caller) throws InterruptedException {
        if (!worker.hasAddress()) {
            throw new VectronException(
                    ErrorCode.INVALID_REQUEST, "worker.port", "the worker has no address");
        }
        long version =
                decide(
                        caller,
                        cluster -> {
                            if (!cluster.workers().containsKey(worker.id())
                                    && cluster.workers().size() >= limits.workers()) {
                                throw exhausted("workers", limits.workers());
                            }
                            return PlacementEntry.newBuilder().setRecordWorker(worker.toRecord());
                        });
        heartbeats.registered(worker.id());
        registered.accept(worker.id());
        return version;
    }

    /**
     * A worker told how it stands.
     *
     * @return whether it is registered
     * @throws VectronException NOT_LEADER
     */
    public boolean heard(HeartbeatRequest told) {
        requireLeadership();
        WorkerNode known = catalog.cluster().workers().get(told.getWorker());
        if (known == null || !known.hasAddress()) {
            return false;
        }
        heartbeats.heard(told);
        return true;
    }

    private PlacementEntry.Builder recording(
            Cluster cluster, CollectionFacts facts, IndexParameters index) {
        CatalogEntry holder = cluster.find(facts.getTenant(), facts.getName());
        if (holder != null) {
            throw taken(facts.getName());
        }
        if (cluster.collections().size() >= limits.collections()) {
            throw exhausted("collections", limits.collections());
        }
        if (cluster.shardCount() + facts.getShards() > limits.shards()) {
            throw exhausted("shards", limits.shards());
        }
        Spread.Demand demand =
                new Spread.Demand(
                        facts.getShards(),
                        facts.getReplicationFactor(),
                        limits.replicasPerWorker(),
                        heartbeats.willing(cluster));
        return switch (Spread.place(cluster, demand)) {
            case Spread.Result.Placed placed ->
                    PlacementEntry.newBuilder()
                            .setRecordCollection(
                                    RecordCollection.newBuilder()
                                            .setFacts(facts)
                                            .setGeneration(
                                                    generation(facts, placed.workers())
                                                            .setIndex(index)));
            case Spread.Result.NoWorkers none ->
                    throw new VectronException(
                            ErrorCode.NO_WORKERS, "no worker has registered that could hold it");
            case Spread.Result.TooFew few ->
                    throw new VectronException(
                            ErrorCode.CAPACITY_EXHAUSTED,
                            "replication_factor",
                            facts.getReplicationFactor()
                                    + " replicas of a shard need as many workers that are"
                                    + " heard and have room on their disks; there are "
                                    + few.willing());
            case Spread.Result.Full full ->
                    throw new VectronException(
                            ErrorCode.CAPACITY_EXHAUSTED,
                            "shards",
                            "the workers have room for "
                                    + full.free()
                                    + " more replicas, not for "
                                    + facts.getReplicationFactor()
                                    + " of each of "
                                    + facts.getShards()
                                    + " shards");
        };
    }

    private static Generation.Builder generation(
            CollectionFacts facts, List<List<String>> workers) {
        UUID id = UUID.fromString(facts.getId());
        Generation.Builder generation =
                Generation.newBuilder().setNumber(FIRST_GENERATION).setActive(true);
        for (int shard = 0; shard < workers.size(); shard++) {
            UUID group = GroupIds.of(id, FIRST_GENERATION, shard, FIRST_INCARNATION);
            generation.addShards(
                    ShardPlacement.newBuilder()
                            .setShard(shard)
                            .setGroup(group.toString())
                            .setIncarnation(FIRST_INCARNATION)
                            .setEpoch(FIRST_EPOCH)
                            .addAllMembers(workers.get(shard)));
        }
        return generation;
    }

    /** Decides on the newest cluster and records the decision before another one is made. */
    private long decide(Caller caller, Function<Cluster, PlacementEntry.Builder> decision)
            throws InterruptedException {
        if (!deciding.tryLock(caller.leftNanos(), TimeUnit.NANOSECONDS)) {
            throw late("waiting for other requests");
        }
        try {
            requireLeadership();
            PlacementEntry.Builder command = decision.apply(catalog.cluster());
            return switch (propose(command, caller)) {
                case Answer.Done done -> done.viewVersion();
                case Answer.NameTaken holder ->
                        throw taken(command.getRecordCollection().getFacts().getName());
                case Answer.Invalid invalid -> throw new IllegalStateException(invalid.reason());
                case Answer.Conflict conflict -> throw unexpected(conflict);
                case Answer.Unknown unknown -> throw unexpected(unknown);
            };
        } finally {
            deciding.unlock();
        }
    }

    /** Proposes until there is an answer: the same command twice is harmless. */
    private Answer propose(PlacementEntry.Builder command, Caller caller)
            throws InterruptedException {
        Backoff backoff = new Backoff(settings.poll(), settings.longestRetry());
        while (true) {
            switch (commands.propose(command)) {
                case Outcome.Answered answered -> {
                    return answered.answer();
                }
                case Outcome.NotLeader elsewhere -> throw notLeader.apply(elsewhere.leader());
                case Outcome.Unavailable unavailable -> {
                    long pauseMs = backoff.pause().toMillis();
                    if (TimeUnit.NANOSECONDS.toMillis(caller.leftNanos()) <= pauseMs) {
                        throw new VectronException(
                                ErrorCode.UNAVAILABLE,
                                "not known to be recorded: " + unavailable.reason());
                    }
                    Thread.sleep(pauseMs);
                }
            }
        }
    }

    private Created awaitReady(String id, Caller caller) throws InterruptedException {
        Failure failure = null;
        while (true) {
            long seen = signal.count();
            Cluster cluster = catalog.cluster();
            CatalogEntry entry = cluster.collection(id);
            if (entry == null) {
                throw failure == null ? deletedMeanwhile() : error(failure);
            }
            if (entry.state() == CollectionState.COLLECTION_STATE_READY) {
                return new Created(entry, cluster.version());
            }
            if (entry.failure() != null) {
                failure = entry.failure(); // told when the name is free again
            }
            requireLeadership();
            if (caller.gone().getAsBoolean() || !signal.await(seen, caller.leftNanos())) {
                throw failure == null ? late("the creation goes on") : error(failure);
            }
        }
    }

    private long awaitGone(String id, Caller caller) throws InterruptedException {
        while (true) {
            long seen = signal.count();
            Cluster cluster = catalog.cluster();
            if (cluster.collection(id) == null) {
                return cluster.version();
            }
            requireLeadership();
            if (caller.gone().getAsBoolean() || !signal.await(seen, caller.leftNanos())) {
                throw late("the deletion goes on");
            }
        }
    }

    private void requireLeadership() {
        if (!catalog.leads()) {
            throw notLeader.apply(null);
        }
    }

    private Waiting enter() {
        if (!waiters.tryAcquire()) {
            throw new VectronException(
                    ErrorCode.OVERLOADED,
                    limits.waiters() + " requests are waiting for collections already");
        }
        return waiters::release;
    }

    /** A place among those who wait. */
    private interface Waiting extends AutoCloseable {
        @Override
        void close();
    }

    private static VectronException error(Failure failure) {
        ErrorCode code;
        try {
            code = ErrorCode.valueOf(failure.code());
        } catch (IllegalArgumentException newer) {
            code = ErrorCode.INTERNAL; // recorded by a later release than this one
        }
        String field = failure.field().isEmpty() ? null : failure.field();
        return new VectronException(code, field, failure.message());
    }

    private static VectronException taken(String name) {
        return new VectronException(
                ErrorCode.COLLECTION_EXISTS, "name", "the name '" + name + "' is taken");
    }

    private static VectronException exhausted(String what, int limit) {
        return new VectronException(
                ErrorCode.CAPACITY_EXHAUSTED, "there may be no more than " + limit + " " + what);
    }

    private static VectronException deletedMeanwhile() {
        return new VectronException(
                ErrorCode.COLLECTION_NOT_FOUND, "name", "deleted while it was being created");
    }

    private static VectronException late(String message) {
        return new VectronException(ErrorCode.DEADLINE_EXCEEDED, message);
    }

    private static IllegalStateException unexpected(Answer answer) {
        return new IllegalStateException("no answer to this command: " + answer);
    }
}
