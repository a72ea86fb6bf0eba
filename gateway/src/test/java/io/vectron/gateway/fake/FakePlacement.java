package io.vectron.gateway.fake;

import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.vectron.common.collection.CollectionRules;
import io.vectron.common.error.ErrorCode;
import io.vectron.common.error.VectronException;
import io.vectron.common.log.GroupIds;
import io.vectron.common.rpc.Address;
import io.vectron.common.rpc.Servers;
import io.vectron.gateway.fresh.LogPartition;
import io.vectron.proto.log.v1.CatalogRecord;
import io.vectron.proto.log.v1.CollectionFacts;
import io.vectron.proto.log.v1.CollectionState;
import io.vectron.proto.log.v1.Generation;
import io.vectron.proto.log.v1.ShardPlacement;
import io.vectron.proto.placement.v1.CreateCollectionRequest;
import io.vectron.proto.placement.v1.CreateCollectionResponse;
import io.vectron.proto.placement.v1.DeleteCollectionRequest;
import io.vectron.proto.placement.v1.DeleteCollectionResponse;
import io.vectron.proto.placement.v1.PlacedCollection;
import io.vectron.proto.placement.v1.PlacementServiceGrpc;
import io.vectron.proto.placement.v1.RebuildShardsRequest;
import io.vectron.proto.placement.v1.RebuildShardsResponse;
import io.vectron.proto.placement.v1.View;
import io.vectron.proto.placement.v1.WatchViewRequest;
import io.vectron.proto.placement.v1.WatchViewResponse;
import io.vectron.proto.placement.v1.Worker;
import io.vectron.proto.v1.RebuildOutcome;
import io.vectron.proto.v1.ShardRebuild;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * Placement over real gRPC, without a memory of its own: creates topics in the log in memory and
 * spreads shards over the fake workers.
 */
public final class FakePlacement extends PlacementServiceGrpc.PlacementServiceImplBase
        implements AutoCloseable {

    private final InMemoryLog log;
    private final Server server;

    // Guarded by this.
    private final Map<String, FakeWorker> workers = new LinkedHashMap<>();
    private final Map<String, CatalogRecord> collections = new TreeMap<>();
    private final List<StreamObserver<WatchViewResponse>> watchers = new ArrayList<>();
    private long version = 1;
    private int topics;
    private int commands;
    private boolean muted;

    /** Starts on a free port. */
    public FakePlacement(InMemoryLog log, List<FakeWorker> workers) throws IOException {
        this.log = log;
        workers.forEach(worker -> this.workers.put(worker.id(), worker));
        this.server =
                Servers.configure(
                                NettyServerBuilder.forAddress(
                                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)))
                        .addService(this)
                        .build()
                        .start();
    }

    public Address address() {
        return new Address("127.0.0.1", server.getPort());
    }

    /** Commands that arrived. */
    public synchronized int commands() {
        return commands;
    }

    /** Streams that watch the view. */
    public synchronized int watchers() {
        return watchers.size();
    }

    /** Tells nobody of the view, neither those who watch nor new ones, until {@link #unmute}. */
    public synchronized void mute() {
        muted = true;
    }

    /** Tells the view again. */
    public synchronized void unmute() {
        muted = false;
        publish();
    }

    /** Breaks all streams that watch the view. */
    public synchronized void breakStreams() {
        watchers.forEach(one -> one.onError(Status.UNAVAILABLE.asRuntimeException()));
        watchers.clear();
    }

    /** The record of a collection. */
    public synchronized CatalogRecord record(String name) {
        CatalogRecord record = collections.get(name);
        if (record == null) {
            throw new IllegalArgumentException("no collection " + name);
        }
        return record;
    }

    /** Raft group of a shard. */
    public synchronized String group(String name, int shard) {
        return record(name).getGenerations(0).getShards(shard).getGroup();
    }

    /** Worker of a shard. */
    public synchronized FakeWorker worker(String name, int shard) {
        String member = record(name).getGenerations(0).getShards(shard).getMembers(0);
        return Objects.requireNonNull(workers.get(member));
    }

    /** Puts a collection into a state. */
    public synchronized void state(String name, CollectionState state) {
        collections.put(name, record(name).toBuilder().setState(state).build());
        version++;
        publish();
    }

    /** Moves a shard to another worker, or gives it several. */
    public synchronized void place(String name, int shard, List<String> members) {
        CatalogRecord record = record(name);
        ShardPlacement placed = record.getGenerations(0).getShards(shard);
        for (String member : members) {
            FakeWorker worker = Objects.requireNonNull(workers.get(member));
            worker.add(
                    placed.getGroup(),
                    new LogPartition(record.getFacts().getTopic(), shard),
                    record.getTopicId(),
                    record.getFacts().getId());
        }
        CatalogRecord.Builder changed = record.toBuilder();
        changed.getGenerationsBuilder(0)
                .setShards(shard, placed.toBuilder().clearMembers().addAllMembers(members));
        collections.put(name, changed.build());
        version++;
        publish();
    }

    @Override
    public synchronized void createCollection(
            CreateCollectionRequest request, StreamObserver<CreateCollectionResponse> answer) {
        commands++;
        UUID id = new UUID(42, ++topics);
        CollectionFacts facts =
                CollectionRules.facts(
                        new CollectionRules.Request(
                                request.getTenant(),
                                request.getName(),
                                request.getVectorsList(),
                                request.getShards(),
                                request.getReplicationFactor(),
                                request.getHistory(),
                                request.getIndex()),
                        id,
                        1);
        if (collections.containsKey(request.getName())) {
            throw new VectronException(ErrorCode.COLLECTION_EXISTS, "name", "the name is taken");
        }
        log.createTopic(facts.getTopic(), facts.getShards());
        String topicId = "%022d".formatted(topics);
        Generation.Builder generation =
                Generation.newBuilder()
                        .setNumber(1)
                        .setActive(true)
                        .setIndex(CollectionRules.index(request.getIndex()));
        List<FakeWorker> all = List.copyOf(workers.values());
        for (int shard = 0; shard < facts.getShards(); shard++) {
            String group = GroupIds.of(id, 1, shard, 0).toString();
            FakeWorker worker = all.get(shard % all.size());
            worker.add(group, new LogPartition(facts.getTopic(), shard), topicId, id.toString());
            generation.addShards(
                    ShardPlacement.newBuilder()
                            .setShard(shard)
                            .setGroup(group)
                            .setEpoch(1)
                            .addMembers(worker.id()));
        }
        CatalogRecord record =
                CatalogRecord.newBuilder()
                        .setFacts(facts)
                        .setTopicId(topicId)
                        .setState(CollectionState.COLLECTION_STATE_READY)
                        .addGenerations(generation)
                        .build();
        collections.put(request.getName(), record);
        version++;
        publish();
        answer.onNext(
                CreateCollectionResponse.newBuilder()
                        .setCollection(PlacedCollection.newBuilder().setRecord(record))
                        .setViewVersion(version)
                        .build());
        answer.onCompleted();
    }

    @Override
    public synchronized void deleteCollection(
            DeleteCollectionRequest request, StreamObserver<DeleteCollectionResponse> answer) {
        commands++;
        if (collections.remove(request.getName()) == null) {
            throw new VectronException(
                    ErrorCode.COLLECTION_NOT_FOUND, "name", "there is no such collection");
        }
        version++;
        publish();
        answer.onNext(DeleteCollectionResponse.newBuilder().setViewVersion(version).build());
        answer.onCompleted();
    }

    /** All shards are well here. */
    @Override
    public synchronized void rebuildShards(
            RebuildShardsRequest request, StreamObserver<RebuildShardsResponse> answer) {
        if (!collections.containsKey(request.getName())) {
            throw new VectronException(
                    ErrorCode.COLLECTION_NOT_FOUND, "name", "there is no such collection");
        }
        RebuildShardsResponse.Builder shards = RebuildShardsResponse.newBuilder();
        for (int shard : request.getShardsList()) {
            shards.addShards(
                    ShardRebuild.newBuilder()
                            .setShard(shard)
                            .setOutcome(RebuildOutcome.REBUILD_OUTCOME_NOT_NEEDED)
                            .setDetail("its log is the one it was made from"));
        }
        answer.onNext(shards.build());
        answer.onCompleted();
    }

    @Override
    public synchronized void watchView(
            WatchViewRequest request, StreamObserver<WatchViewResponse> answer) {
        ((ServerCallStreamObserver<WatchViewResponse>) answer)
                .setOnCancelHandler(() -> forget(answer));
        watchers.add(answer);
        if (!muted) {
            answer.onNext(view());
        }
    }

    private synchronized void forget(StreamObserver<WatchViewResponse> watcher) {
        watchers.remove(watcher);
    }

    private void publish() {
        if (!muted) {
            watchers.forEach(watcher -> watcher.onNext(view()));
        }
    }

    private WatchViewResponse view() {
        View.Builder view = View.newBuilder().setVersion(version);
        collections
                .values()
                .forEach(record ->
                        view.addCollections(PlacedCollection.newBuilder().setRecord(record)));
        for (FakeWorker worker : workers.values()) {
            view.addWorkers(
                    Worker.newBuilder()
                            .setId(worker.id())
                            .setHost(worker.address().host())
                            .setPort(worker.address().port()));
        }
        return WatchViewResponse.newBuilder().setView(view).build();
    }

    @Override
    public void close() {
        server.shutdownNow();
        try {
            server.awaitTermination(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
