package io.vectron.placement.run;

import io.vectron.common.error.ErrorCode;
import io.vectron.common.rpc.Address;
import io.vectron.placement.kafka.CatalogLog;
import io.vectron.placement.kafka.TopicAdmin;
import io.vectron.placement.model.Cluster;
import io.vectron.placement.model.Failure;
import io.vectron.placement.model.WorkerNode;
import io.vectron.placement.plan.Action;
import io.vectron.placement.plan.ActionResult;
import io.vectron.placement.worker.ReplicaClient;
import io.vectron.proto.log.v1.CatalogRecord;
import io.vectron.proto.log.v1.Generation;
import io.vectron.proto.log.v1.ShardPlacement;
import io.vectron.proto.worker.v1.AddReplicaRequest;
import io.vectron.proto.worker.v1.Member;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries actions out against Kafka and the workers. Knows nothing of steps; any thread may call,
 * but only one for the same collection; {@link ReplicaRun} may add replicas meanwhile, and removes
 * again what it added too late.
 */
public final class Actions {
    /** Every group begins with it; from then on its log tells. */
    private static final long FIRST_EPOCH = 1;

    private static final Logger log = LoggerFactory.getLogger(Actions.class);

    private final Supplier<Cluster> cluster;
    private final TopicAdmin topics;
    private final CatalogLog catalogue;
    private final ReplicaClient replicas;

    /**
     * @param cluster tells where the workers are
     */
    public Actions(
            Supplier<Cluster> cluster,
            TopicAdmin topics,
            CatalogLog catalogue,
            ReplicaClient replicas) {
        this.cluster = cluster;
        this.topics = topics;
        this.catalogue = catalogue;
        this.replicas = replicas;
    }

    /** Carries one action out. */
    public ActionResult run(Action action) throws InterruptedException {
        return switch (action) {
            case Action.WriteCatalogue write -> written(catalogue.write(write.record()));
            case Action.CreateTopics create -> created(topics.create(create.facts()));
            case Action.IdentifyTopic identify -> identified(topics.identify(identify.facts()));
            case Action.AddReplicas add -> addReplicas(add.record(), any -> false);
            case Action.CheckLeaders check -> checkLeaders(check.record());
            case Action.RemoveReplicas remove -> removeReplicas(remove.record());
            case Action.DeleteTopic delete -> deleted(delete);
            case Action.ClearCatalogue clear -> written(catalogue.clear(clear.id()));
        };
    }

    private static ActionResult written(CatalogLog.Result result) {
        return switch (result) {
            case CatalogLog.Result.Written written -> new ActionResult.Done();
            case CatalogLog.Result.Refused refused ->
                    refusedByKafka("the catalogue: " + refused.reason());
            case CatalogLog.Result.Unavailable unavailable ->
                    new ActionResult.Retry(unavailable.reason());
        };
    }

    private static ActionResult created(TopicAdmin.Result result) {
        return switch (result) {
            case TopicAdmin.Result.Done done -> new ActionResult.Done();
            case TopicAdmin.Result.Foreign foreign -> refusedByKafka(foreign.reason());
            case TopicAdmin.Result.Refused refused -> refusedByKafka(refused.reason());
            case TopicAdmin.Result.Unavailable unavailable ->
                    new ActionResult.Retry(unavailable.reason());
            case TopicAdmin.Result.Found found -> throw unexpected(found);
            case TopicAdmin.Result.Absent absent -> throw unexpected(absent);
        };
    }

    private static ActionResult identified(TopicAdmin.Result result) {
        return switch (result) {
            case TopicAdmin.Result.Found found -> new ActionResult.Identified(found.topicId());
            // A broker may not have heard of a new topic yet.
            case TopicAdmin.Result.Absent absent ->
                    new ActionResult.NotYet("topic is not seen yet");
            case TopicAdmin.Result.Foreign foreign -> refusedByKafka(foreign.reason());
            case TopicAdmin.Result.Refused refused -> refusedByKafka(refused.reason());
            case TopicAdmin.Result.Unavailable unavailable ->
                    new ActionResult.Retry(unavailable.reason());
            case TopicAdmin.Result.Done done -> throw unexpected(done);
        };
    }

    private ActionResult deleted(Action.DeleteTopic delete) throws InterruptedException {
        TopicAdmin.Result result = topics.delete(delete.facts(), delete.topicId());
        return switch (result) {
            case TopicAdmin.Result.Done done -> new ActionResult.Done();
            case TopicAdmin.Result.Foreign foreign -> {
                // Ours is gone, or was never made. The other one is not ours to delete.
                log.warn("left alone: topic {}: {}", delete.facts().getTopic(), foreign.reason());
                yield new ActionResult.Done();
            }
            case TopicAdmin.Result.Refused refused -> refusedByKafka(refused.reason());
            case TopicAdmin.Result.Unavailable unavailable ->
                    new ActionResult.Retry(unavailable.reason());
            case TopicAdmin.Result.Found found -> throw unexpected(found);
            case TopicAdmin.Result.Absent absent -> throw unexpected(absent);
        };
    }

    /**
     * Adds the replicas of a collection on all their workers.
     *
     * @param without workers that are members all the same, but not asked
     */
    ActionResult addReplicas(CatalogRecord record, Predicate<String> without)
            throws InterruptedException {
        Cluster now = cluster.get();
        List<Fanout.Call> calls = new ArrayList<>();
        for (Generation generation : record.getGenerationsList()) {
            for (ShardPlacement shard : generation.getShardsList()) {
                AddReplicaRequest.Builder request = request(record, generation, shard);
                for (String member : shard.getMembersList()) {
                    WorkerNode worker = now.workers().get(member);
                    if (worker == null || !worker.hasAddress()) {
                        return new ActionResult.Retry("worker " + member + " has no address");
                    }
                    request.addMembers(
                            Member.newBuilder()
                                    .setWorker(member)
                                    .setHost(worker.host())
                                    .setRaftPort(worker.raftPort()));
                }
                AddReplicaRequest complete = request.build();
                for (String member : shard.getMembersList()) {
                    if (!without.test(member)) {
                        calls.add(() -> onWorker(now, member, at -> replicas.add(at, complete)));
                    }
                }
            }
        }
        return Fanout.all(calls);
    }

    /**
     * All that a replica of the shard is told but for its members. The epoch is that of the group's
     * beginning, for whoever joins as well: a new member is given the log from there on, and must
     * judge it as the first members did; the epoch of today would refuse the batches of then.
     */
    static AddReplicaRequest.Builder request(
            CatalogRecord record, Generation generation, ShardPlacement shard) {
        return AddReplicaRequest.newBuilder()
                .setGroup(shard.getGroup())
                .setFacts(record.getFacts())
                .setTopicId(record.getTopicId())
                .setShard(shard.getShard())
                .setGeneration(generation.getNumber())
                .setIndex(generation.getIndex())
                .setEpoch(FIRST_EPOCH)
                .setFirstPosition(shard.getFirstPosition());
    }

    private ActionResult removeReplicas(CatalogRecord record) throws InterruptedException {
        Cluster now = cluster.get();
        List<Fanout.Call> calls = new ArrayList<>();
        forEachReplica(
                record,
                (shard, member) -> {
                    WorkerNode worker = now.workers().get(member);
                    if (worker != null && !worker.hasAddress()) {
                        return; // its disk is gone, and the replica with it
                    }
                    calls.add(() ->
                            onWorker(now, member, at -> replicas.remove(at, shard.getGroup())));
                });
        return Fanout.all(calls);
    }

    private ActionResult checkLeaders(CatalogRecord record) throws InterruptedException {
        Cluster now = cluster.get();
        List<Fanout.Call> calls = new ArrayList<>();
        for (Generation generation : record.getGenerationsList()) {
            for (ShardPlacement shard : generation.getShardsList()) {
                calls.add(() -> checkLeader(now, record, shard));
            }
        }
        return Fanout.all(calls);
    }

    private ActionResult checkLeader(Cluster now, CatalogRecord record, ShardPlacement shard)
            throws InterruptedException {
        String reason = "";
        for (String member : shard.getMembersList()) {
            Address address = address(now, member);
            if (address == null) {
                reason = "worker " + member + " has no address";
                continue;
            }
            switch (replicas.leader(address, shard.getGroup())) {
                case ReplicaClient.Leader.Here here -> {
                    if (here.topicId().equals(record.getTopicId())) {
                        return new ActionResult.Done();
                    }
                    return new ActionResult.Refused(
                            new Failure(
                                    ErrorCode.INTERNAL.name(),
                                    "",
                                    "shard "
                                            + shard.getShard()
                                            + " follows topic "
                                            + here.topicId()
                                            + ", not "
                                            + record.getTopicId()));
                }
                case ReplicaClient.Leader.NotHere notHere -> reason = notHere.reason();
            }
        }
        return new ActionResult.NotYet("shard " + shard.getShard() + " has no leader: " + reason);
    }

    private static void forEachReplica(CatalogRecord record, ReplicaVisitor visitor) {
        for (Generation generation : record.getGenerationsList()) {
            for (ShardPlacement shard : generation.getShardsList()) {
                for (String member : shard.getMembersList()) {
                    visitor.visit(shard, member);
                }
                for (String listener : shard.getListenersList()) {
                    visitor.visit(shard, listener);
                }
            }
        }
    }

    private static ActionResult onWorker(Cluster now, String worker, WorkerCall call)
            throws InterruptedException {
        Address address = address(now, worker);
        if (address == null) {
            return new ActionResult.Retry("worker " + worker + " has no address");
        }
        return switch (call.on(address)) {
            case ReplicaClient.Result.Done done -> new ActionResult.Done();
            case ReplicaClient.Result.Refused refused ->
                    new ActionResult.Refused(refused.failure());
            case ReplicaClient.Result.Unavailable unavailable ->
                    new ActionResult.Retry("worker " + worker + ": " + unavailable.reason());
        };
    }

    private static @Nullable Address address(Cluster cluster, String worker) {
        WorkerNode node = cluster.workers().get(worker);
        return node == null || !node.hasAddress() ? null : new Address(node.host(), node.port());
    }

    private static ActionResult refusedByKafka(String reason) {
        return new ActionResult.Refused(
                new Failure(ErrorCode.TOPIC_REFUSED.name(), "", "Kafka refuses: " + reason));
    }

    private static IllegalStateException unexpected(TopicAdmin.Result result) {
        return new IllegalStateException("no answer to this call: " + result);
    }

    /** Sees each replica of a collection. */
    @FunctionalInterface
    private interface ReplicaVisitor {
        void visit(ShardPlacement shard, String member);
    }

    /** A call to one worker. */
    @FunctionalInterface
    private interface WorkerCall {
        ReplicaClient.Result on(Address address) throws InterruptedException;
    }
}
