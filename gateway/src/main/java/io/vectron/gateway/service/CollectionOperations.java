package io.vectron.gateway.service;

import io.grpc.Deadline;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.vectron.common.collection.CollectionRules;
import io.vectron.common.error.ErrorCode;
import io.vectron.common.error.GrpcErrors;
import io.vectron.common.error.VectronException;
import io.vectron.common.limit.Limits;
import io.vectron.common.rpc.Address;
import io.vectron.common.rpc.Channels;
import io.vectron.gateway.config.GatewayConfig;
import io.vectron.gateway.fresh.EndPoller;
import io.vectron.gateway.fresh.FollowedLog;
import io.vectron.gateway.route.CollectionRoute;
import io.vectron.gateway.route.Routes;
import io.vectron.gateway.route.ShardRoute;
import io.vectron.gateway.service.Admission.Place;
import io.vectron.proto.placement.v1.PlacementServiceGrpc;
import io.vectron.proto.placement.v1.PlacementServiceGrpc.PlacementServiceBlockingStub;
import io.vectron.proto.placement.v1.RebuildShardsRequest;
import io.vectron.proto.v1.Collection;
import io.vectron.proto.v1.CreateCollectionRequest;
import io.vectron.proto.v1.CreateCollectionResponse;
import io.vectron.proto.v1.DeleteCollectionRequest;
import io.vectron.proto.v1.DeleteCollectionResponse;
import io.vectron.proto.v1.DescribeCollectionRequest;
import io.vectron.proto.v1.DescribeCollectionResponse;
import io.vectron.proto.v1.GetCollectionIndexRequest;
import io.vectron.proto.v1.GetCollectionIndexResponse;
import io.vectron.proto.v1.ListCollectionsRequest;
import io.vectron.proto.v1.ListCollectionsResponse;
import io.vectron.proto.v1.RebuildCollectionRequest;
import io.vectron.proto.v1.RebuildCollectionResponse;
import io.vectron.proto.v1.ShardCondition;
import io.vectron.proto.v1.ShardStatus;
import io.vectron.proto.worker.v1.ReplicaStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Creates, describes, lists and deletes collections. Every protocol of the gateway stands on this
 * class. Calls block until they are answered, at most until their deadline; call them on virtual
 * threads.
 */
public final class CollectionOperations {

    private final Routes routes;
    private final Channels channels;
    private final Address placement;
    private final EndPoller ends;
    private final Duration status;
    private final Duration firstWait;
    private final Admission admission;

    /** Stands on parts that the caller starts and closes. */
    public CollectionOperations(
            Routes routes,
            Channels channels,
            EndPoller ends,
            Admission admission,
            GatewayConfig config) {
        this.routes = routes;
        this.channels = channels;
        this.ends = ends;
        this.placement = config.placement();
        this.status = config.deadlines().status();
        this.firstWait = config.freshness().firstWait();
        this.admission = admission;
    }

    /**
     * Creates a collection, and returns when this gateway can write and search it.
     *
     * @throws VectronException as {@link CollectionRules#facts}; COLLECTION_EXISTS, NO_WORKERS,
     *     CAPACITY_EXHAUSTED, PLACEMENT_UNAVAILABLE, OVERLOADED, or DEADLINE_EXCEEDED: the creation
     *     may go on
     */
    public CreateCollectionResponse create(CreateCollectionRequest request, Deadline deadline) {
        RequestLimits.requireSize(request);
        try (Place _ = admission.enter(0)) {
            // Placement judges by the same rules; a bad request need not travel so far.
            CollectionRules.facts(
                    new CollectionRules.Request(
                            Routes.TENANT,
                            request.getName(),
                            request.getVectorsList(),
                            request.getShards(),
                            request.getReplicationFactor(),
                            request.getHistory(),
                            request.getIndex()),
                    new UUID(0, 0),
                    0);
            long version =
                    ask(
                            deadline,
                            stub ->
                                    stub.createCollection(
                                                    io.vectron.proto.placement.v1
                                                            .CreateCollectionRequest.newBuilder()
                                                            .setTenant(Routes.TENANT)
                                                            .setName(request.getName())
                                                            .addAllVectors(request.getVectorsList())
                                                            .setShards(request.getShards())
                                                            .setReplicationFactor(
                                                                    request.getReplicationFactor())
                                                            .setHistory(request.getHistory())
                                                            .setIndex(request.getIndex())
                                                            .build())
                                            .getViewVersion());
            await(version, deadline);
            CollectionRoute route = routes.find(request.getName(), "name");
            return CreateCollectionResponse.newBuilder()
                    .setCollection(describe(List.of(route), deadline).getFirst())
                    .build();
        } catch (InterruptedException e) {
            throw stopped();
        }
    }

    /**
     * Describes a collection in any state.
     *
     * @throws VectronException COLLECTION_NOT_FOUND, INVALID_COLLECTION_NAME, OVERLOADED or
     *     PLACEMENT_UNAVAILABLE
     */
    public DescribeCollectionResponse describe(
            DescribeCollectionRequest request, Deadline deadline) {
        try (Place _ = admission.enter(0)) {
            CollectionRoute route = routes.find(request.getName(), "name");
            return DescribeCollectionResponse.newBuilder()
                    .setCollection(describe(List.of(route), deadline).getFirst())
                    .build();
        } catch (InterruptedException e) {
            throw stopped();
        }
    }

    /**
     * Lists all collections, sorted by name.
     *
     * @throws VectronException OVERLOADED or PLACEMENT_UNAVAILABLE
     */
    public ListCollectionsResponse list(ListCollectionsRequest request, Deadline deadline) {
        try (Place _ = admission.enter(0)) {
            List<CollectionRoute> all = List.copyOf(routes.current().all());
            return ListCollectionsResponse.newBuilder()
                    .addAllCollections(describe(all, deadline))
                    .build();
        } catch (InterruptedException e) {
            throw stopped();
        }
    }

    /**
     * Tells what the index of a collection is made of, and how well it is searched.
     *
     * @throws VectronException COLLECTION_NOT_FOUND, INVALID_COLLECTION_NAME, INVALID_REQUEST
     *     (sample), OVERLOADED or PLACEMENT_UNAVAILABLE
     */
    public GetCollectionIndexResponse index(GetCollectionIndexRequest request, Deadline deadline) {
        int sample = request.getSample();
        if (sample < 0 || sample > Limits.SAMPLED_ROWS) {
            throw new VectronException(
                    ErrorCode.INVALID_REQUEST,
                    "sample",
                    "sample is not within 0 to "
                            + Limits.SAMPLED_ROWS
                            + ": "
                            + Integer.toUnsignedString(sample));
        }
        try (Place _ = admission.enter(0)) {
            CollectionRoute route = routes.find(request.getName(), "name");
            // Half of what is left: workers end their sampling before that, and one that is away
            // must not cost the whole answer.
            long leftNanos = Math.max(0, deadline.timeRemaining(TimeUnit.NANOSECONDS)) / 2;
            Deadline patience = Deadline.after(leftNanos, TimeUnit.NANOSECONDS);
            return GetCollectionIndexResponse.newBuilder()
                    .setIndex(route.index())
                    .addAllReplicas(IndexReports.collect(route, sample, channels, patience))
                    .build();
        } catch (InterruptedException e) {
            throw stopped();
        }
    }

    /**
     * Deletes a collection, and returns when this gateway knows it no more.
     *
     * @throws VectronException COLLECTION_NOT_FOUND, INVALID_COLLECTION_NAME,
     *     PLACEMENT_UNAVAILABLE, OVERLOADED, or DEADLINE_EXCEEDED: the deletion goes on
     */
    public DeleteCollectionResponse delete(DeleteCollectionRequest request, Deadline deadline) {
        try (Place _ = admission.enter(0)) {
            CollectionRules.requireName(request.getName());
            long version =
                    ask(
                            deadline,
                            stub ->
                                    stub.deleteCollection(
                                                    io.vectron.proto.placement.v1
                                                            .DeleteCollectionRequest.newBuilder()
                                                            .setTenant(Routes.TENANT)
                                                            .setName(request.getName())
                                                            .build())
                                            .getViewVersion());
            await(version, deadline);
            return DeleteCollectionResponse.getDefaultInstance();
        } catch (InterruptedException e) {
            throw stopped();
        }
    }

    /**
     * Begins to make shards anew whose logs diverged, from what their logs hold now.
     *
     * @throws VectronException COLLECTION_NOT_FOUND, COLLECTION_NOT_READY,
     *     INVALID_COLLECTION_NAME, INVALID_REQUEST (shards), OVERLOADED or PLACEMENT_UNAVAILABLE
     */
    public RebuildCollectionResponse rebuild(RebuildCollectionRequest request, Deadline deadline) {
        RequestLimits.requireSize(request);
        try (Place _ = admission.enter(0)) {
            CollectionRules.requireName(request.getName());
            RebuildShardsRequest wanted =
                    RebuildShardsRequest.newBuilder()
                            .setTenant(Routes.TENANT)
                            .setName(request.getName())
                            .addAllShards(request.getShardsList())
                            .build();
            return RebuildCollectionResponse.newBuilder()
                    .addAllShards(ask(deadline, stub -> stub.rebuildShards(wanted)).getShardsList())
                    .build();
        }
    }

    private <T> T ask(Deadline deadline, Function<PlacementServiceBlockingStub, T> call) {
        try {
            return call.apply(
                    PlacementServiceGrpc.newBlockingStub(channels.to(placement))
                            .withDeadline(deadline));
        } catch (StatusRuntimeException e) {
            VectronException known = GrpcErrors.fromGrpc(e);
            if (GrpcErrors.decode(e) == null
                    && e.getStatus().getCode() == Status.Code.UNAVAILABLE) {
                throw new VectronException(
                        ErrorCode.PLACEMENT_UNAVAILABLE,
                        null,
                        "placement does not answer: " + e.getStatus().getDescription(),
                        Map.of(),
                        e);
            }
            throw known;
        }
    }

    private void await(long version, Deadline deadline) throws InterruptedException {
        if (!routes.await(version, deadline)) {
            throw new VectronException(
                    ErrorCode.DEADLINE_EXCEEDED,
                    "it is done, but this gateway has not heard of it yet");
        }
    }

    private List<Collection> describe(List<CollectionRoute> all, Deadline deadline)
            throws InterruptedException {
        Map<String, FollowedLog> logs = new LinkedHashMap<>();
        for (CollectionRoute route : all) {
            if (!route.topicId().isEmpty()) {
                logs.put(route.topic(), ends.follow(route.topic(), route.facts().getShards()));
            }
        }
        // Half of what is left: a worker that is away must not cost the whole answer.
        long leftNanos = Math.max(0, deadline.timeRemaining(TimeUnit.NANOSECONDS)) / 2;
        Deadline patience =
                Deadline.after(Math.min(status.toNanos(), leftNanos), TimeUnit.NANOSECONDS);
        ReplicaReports reports = ReplicaReports.collect(all, channels, patience);
        Deadline looks =
                Deadline.after(Math.min(firstWait.toNanos(), leftNanos), TimeUnit.NANOSECONDS);
        for (FollowedLog log : logs.values()) {
            long nanos = Math.max(0, looks.timeRemaining(TimeUnit.NANOSECONDS));
            log.awaitFirstLook(Duration.ofNanos(nanos));
        }
        List<Collection> described = new ArrayList<>();
        for (CollectionRoute route : all) {
            described.add(describe(route, reports, logs));
        }
        return described;
    }

    private static Collection describe(
            CollectionRoute route, ReplicaReports reports, Map<String, FollowedLog> logs) {
        Collection.Builder collection =
                Collection.newBuilder()
                        .setFacts(route.facts())
                        .setState(route.state())
                        .setTopicId(route.topicId())
                        .setIndex(route.index());
        FollowedLog log = logs.get(route.topic());
        long points = 0;
        for (ShardRoute shard : route.shards()) {
            long logEnd = log == null ? -1 : log.end(shard.shard());
            ShardStatus status = status(shard, reports.of(shard.group()), logEnd);
            points += status.getPoints();
            collection.addShards(status);
        }
        return collection.setPoints(points).build();
    }

    private static ShardStatus status(
            ShardRoute shard, ReplicaReports.@Nullable Report report, long logEnd) {
        ShardStatus.Builder status =
                ShardStatus.newBuilder().setShard(shard.shard()).setLogEnd(logEnd);
        if (report == null) {
            return status.build();
        }
        return status.setAnswered(true)
                .setPosition(report.status().getPosition())
                .setPoints(report.status().getPoints())
                .setGraphPoints(report.status().getGraphRows())
                .setDigest(report.status().getDigest())
                .setEpoch(report.status().getEpoch())
                .setWorker(report.worker())
                .setCondition(condition(report.status()))
                .setProblem(report.status().getProblem())
                .build();
    }

    private static ShardCondition condition(ReplicaStatus status) {
        return switch (status.getCondition().getConditionCase()) {
            case RUNNING -> ShardCondition.SHARD_CONDITION_RUNNING;
            case OPENING, JOINING -> ShardCondition.SHARD_CONDITION_OPENING;
            case FAILED -> ShardCondition.SHARD_CONDITION_FAILED;
            case QUARANTINED -> ShardCondition.SHARD_CONDITION_QUARANTINED;
            case LOG_DIVERGED -> ShardCondition.SHARD_CONDITION_LOG_DIVERGED;
            case OUTDATED -> ShardCondition.SHARD_CONDITION_OUTDATED;
            case CONDITION_NOT_SET -> ShardCondition.SHARD_CONDITION_UNSPECIFIED;
        };
    }

    private static VectronException stopped() {
        Thread.currentThread().interrupt();
        return new VectronException(ErrorCode.SHUTTING_DOWN, "the gateway is stopping");
    }
}
