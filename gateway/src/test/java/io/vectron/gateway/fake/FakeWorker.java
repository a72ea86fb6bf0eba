package io.vectron.gateway.fake;

import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.vectron.common.rpc.Address;
import io.vectron.common.rpc.Servers;
import io.vectron.gateway.fresh.LogPartition;
import io.vectron.gateway.write.LogAppend;
import io.vectron.proto.log.v1.Point;
import io.vectron.proto.log.v1.SegmentLayout;
import io.vectron.proto.v1.IndexReport;
import io.vectron.proto.v1.IndexSegment;
import io.vectron.proto.v1.SegmentKind;
import io.vectron.proto.worker.v1.FoundPoint;
import io.vectron.proto.worker.v1.GetRequest;
import io.vectron.proto.worker.v1.GetResponse;
import io.vectron.proto.worker.v1.Hit;
import io.vectron.proto.worker.v1.Invalid;
import io.vectron.proto.worker.v1.ListReplicasRequest;
import io.vectron.proto.worker.v1.ListReplicasResponse;
import io.vectron.proto.worker.v1.NotFresh;
import io.vectron.proto.worker.v1.RecordJourney;
import io.vectron.proto.worker.v1.ReplicaStatus;
import io.vectron.proto.worker.v1.ReportIndexRequest;
import io.vectron.proto.worker.v1.ReportIndexResponse;
import io.vectron.proto.worker.v1.Role;
import io.vectron.proto.worker.v1.SearchRequest;
import io.vectron.proto.worker.v1.SearchResponse;
import io.vectron.proto.worker.v1.ShardGet;
import io.vectron.proto.worker.v1.ShardHits;
import io.vectron.proto.worker.v1.ShardPoints;
import io.vectron.proto.worker.v1.ShardRead;
import io.vectron.proto.worker.v1.ShardState;
import io.vectron.proto.worker.v1.TraceRequest;
import io.vectron.proto.worker.v1.TraceResponse;
import io.vectron.proto.worker.v1.UnknownShard;
import io.vectron.proto.worker.v1.WorkerServiceGrpc;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A worker that answers over real gRPC out of the log itself: the state of a shard at position p is
 * what the records below p say. It follows the log at once, unless it is held.
 */
public final class FakeWorker extends WorkerServiceGrpc.WorkerServiceImplBase
        implements AutoCloseable {

    private record Shard(LogPartition partition, String topicId, int number, String collectionId) {}

    private record Row(long version, Point point) {}

    // Wide, so that a stutter of a loaded machine does not eat the answer.
    private static final long MARGIN_MS = 1_500;

    private final String id;
    private final InMemoryLog log;
    private final Server server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    // Guarded by this.
    private final Map<String, Shard> shards = new HashMap<>();
    private final Map<String, Long> held = new HashMap<>();
    private final List<SearchRequest> searches = new ArrayList<>();
    private final List<GetRequest> gets = new ArrayList<>();
    private final Map<Long, RecordJourney> journeys = new HashMap<>();
    private boolean hangs;
    private int hitCopies = 1;
    private String refusal = "";
    private Runnable beforeSearch = () -> {};

    /** Starts on a free port. */
    public FakeWorker(String id, InMemoryLog log) throws IOException {
        this.id = id;
        this.log = log;
        this.server =
                Servers.configure(
                                NettyServerBuilder.forAddress(
                                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)))
                        .executor(threads)
                        .addService(this)
                        .build()
                        .start();
    }

    public String id() {
        return id;
    }

    public Address address() {
        return new Address("127.0.0.1", server.getPort());
    }

    /** Adds a replica. */
    public synchronized void add(
            String group, LogPartition partition, String topicId, String collectionId) {
        shards.put(group, new Shard(partition, topicId, partition.number(), collectionId));
    }

    /** Forgets a replica: the worker answers UnknownShard. */
    public synchronized void remove(String group) {
        shards.remove(group);
    }

    /** Holds a shard at a position. */
    public synchronized void hold(String group, long position) {
        held.put(group, position);
    }

    /** Lets a shard follow its log again. */
    public synchronized void release(String group) {
        held.remove(group);
        notifyAll();
    }

    /** Takes calls and never answers. */
    public synchronized void hang() {
        hangs = true;
    }

    /** Refuses every query. */
    public synchronized void refuse(String message) {
        refusal = message;
    }

    /** Does something when a search arrives. */
    public synchronized void beforeSearch(Runnable action) {
        beforeSearch = action;
    }

    /** Repeats the hits of each answer, to make it large. */
    public synchronized void inflate(int copies) {
        hitCopies = copies;
    }

    public synchronized List<SearchRequest> searches() {
        return List.copyOf(searches);
    }

    public synchronized List<GetRequest> gets() {
        return List.copyOf(gets);
    }

    @Override
    public void search(SearchRequest request, StreamObserver<SearchResponse> answer) {
        Runnable before;
        synchronized (this) {
            searches.add(request);
            before = beforeSearch;
        }
        before.run();
        if (hanging()) {
            return;
        }
        Deadline deadline = Context.current().getDeadline();
        SearchResponse.Builder response = SearchResponse.newBuilder();
        try {
            for (ShardRead read : request.getShardsList()) {
                response.addShards(search(request, read, deadline));
            }
        } catch (InterruptedException e) {
            answer.onError(Status.UNAVAILABLE.asRuntimeException());
            return;
        }
        answer.onNext(response.build());
        answer.onCompleted();
    }

    private ShardHits search(SearchRequest request, ShardRead read, @Nullable Deadline deadline)
            throws InterruptedException {
        Shard shard = shard(read.getGroup());
        if (shard == null) {
            return ShardHits.newBuilder()
                    .setUnknownShard(UnknownShard.getDefaultInstance())
                    .build();
        }
        String refused = refusal();
        if (!refused.isEmpty()) {
            return ShardHits.newBuilder()
                    .setInvalid(Invalid.newBuilder().setMessage(refused))
                    .build();
        }
        long position = await(read, shard, deadline);
        if (position < read.getMinPosition()) {
            return ShardHits.newBuilder()
                    .setNotFresh(NotFresh.newBuilder().setPosition(position))
                    .build();
        }
        List<Hit> hits = new ArrayList<>();
        rows(shard, position).forEach((key, row) -> hits.add(hit(request, key, row)));
        hits.sort(Comparator.comparingDouble(Hit::getDistance).thenComparing(Hit::getId));
        ShardHits.Builder answer = ShardHits.newBuilder().setState(state(shard, position));
        for (int i = 0; i < hitCopies(); i++) {
            answer.addAllHits(hits.subList(0, Math.min(hits.size(), request.getTopK())));
        }
        return answer.build();
    }

    /** Euclidean, whatever the collection says: the gateway passes on what it is told. */
    private static Hit hit(SearchRequest request, String key, Row row) {
        List<Float> values = row.point().getVectors(0).getF32().getValuesList();
        double sum = 0;
        for (int i = 0; i < values.size(); i++) {
            double difference = values.get(i) - request.getVector(i);
            sum += difference * difference;
        }
        float distance = (float) Math.sqrt(sum);
        Hit.Builder hit =
                Hit.newBuilder()
                        .setId(key)
                        .setDistance(distance)
                        .setScore(1 / (1 + distance))
                        .setVersion(row.version());
        Point.Builder point = Point.newBuilder();
        if (request.getWithVectors()) {
            point.addAllVectors(row.point().getVectorsList());
        }
        if (request.getWithPayload() && row.point().hasPayload()) {
            point.setPayload(row.point().getPayload());
        }
        return request.getWithVectors() || request.getWithPayload()
                ? hit.setPoint(point).build()
                : hit.build();
    }

    @Override
    public void get(GetRequest request, StreamObserver<GetResponse> answer) {
        synchronized (this) {
            gets.add(request);
        }
        if (hanging()) {
            return;
        }
        Deadline deadline = Context.current().getDeadline();
        GetResponse.Builder response = GetResponse.newBuilder();
        try {
            for (ShardGet get : request.getShardsList()) {
                response.addShards(get(get, deadline));
            }
        } catch (InterruptedException e) {
            answer.onError(Status.UNAVAILABLE.asRuntimeException());
            return;
        }
        answer.onNext(response.build());
        answer.onCompleted();
    }

    private ShardPoints get(ShardGet get, @Nullable Deadline deadline) throws InterruptedException {
        Shard shard = shard(get.getShard().getGroup());
        if (shard == null) {
            return ShardPoints.newBuilder()
                    .setUnknownShard(UnknownShard.getDefaultInstance())
                    .build();
        }
        long position = await(get.getShard(), shard, deadline);
        if (position < get.getShard().getMinPosition()) {
            return ShardPoints.newBuilder()
                    .setNotFresh(NotFresh.newBuilder().setPosition(position))
                    .build();
        }
        ShardPoints.Builder answer = ShardPoints.newBuilder().setState(state(shard, position));
        Map<String, Row> rows = rows(shard, position);
        for (String key : get.getIdsList()) {
            Row row = rows.get(key);
            if (row != null) {
                answer.addPoints(
                        FoundPoint.newBuilder()
                                .setId(key)
                                .setVersion(row.version())
                                .setPoint(row.point()));
            }
        }
        return answer.build();
    }

    @Override
    public void listReplicas(
            ListReplicasRequest request, StreamObserver<ListReplicasResponse> answer) {
        if (hanging()) {
            return;
        }
        Map<String, Shard> all;
        synchronized (this) {
            all = Map.copyOf(shards);
        }
        ListReplicasResponse.Builder response = ListReplicasResponse.newBuilder();
        all.forEach((group, shard) -> {
            long position = position(group, shard);
            int points = rows(shard, position).size();
            response.addReplicas(
                    ReplicaStatus.newBuilder()
                            .setGroup(group)
                            .setCollectionId(shard.collectionId())
                            .setShard(shard.number())
                            .setGeneration(1)
                            .setRole(Role.ROLE_LEADER)
                            .setEpoch(1)
                            .setPosition(position)
                            .setPoints(points)
                            .setGraphRows(points)
                            .setDigest("00"));
        });
        answer.onNext(response.build());
        answer.onCompleted();
    }

    @Override
    public void reportIndex(
            ReportIndexRequest request, StreamObserver<ReportIndexResponse> answer) {
        if (hanging()) {
            return;
        }
        Shard shard = shard(request.getGroup());
        if (shard == null) {
            answer.onNext(
                    ReportIndexResponse.newBuilder()
                            .setUnknownShard(UnknownShard.getDefaultInstance())
                            .build());
            answer.onCompleted();
            return;
        }
        long position = position(request.getGroup(), shard);
        int rows = rows(shard, position).size();
        IndexReport.Builder report =
                IndexReport.newBuilder()
                        .setPosition(position)
                        .addSegments(
                                IndexSegment.newBuilder()
                                        .setKind(SegmentKind.SEGMENT_KIND_SEALED)
                                        .setLayout(SegmentLayout.SEGMENT_LAYOUT_COMPACT)
                                        .setFormat(1)
                                        .setRows(rows)
                                        .setBytes(4_096))
                        .addSegments(
                                IndexSegment.newBuilder().setKind(SegmentKind.SEGMENT_KIND_HOT))
                        .setSampledRows(Math.min(rows, request.getSample()));
        if (report.getSampledRows() > 0) {
            report.setRecall(0.75);
        }
        answer.onNext(ReportIndexResponse.newBuilder().setReport(report).build());
        answer.onCompleted();
    }

    /** Remembers what became of the record at an offset. */
    public synchronized void remember(long offset, RecordJourney journey) {
        journeys.put(offset, journey);
    }

    @Override
    public void trace(TraceRequest request, StreamObserver<TraceResponse> answer) {
        if (hanging()) {
            return;
        }
        Shard shard = shard(request.getGroup());
        TraceResponse.Builder response = TraceResponse.newBuilder();
        if (shard == null) {
            response.setUnknownShard(UnknownShard.getDefaultInstance());
        } else {
            RecordJourney known = journey(request.getOffset());
            response.setJourney(known.toBuilder().setPosition(position(request.getGroup(), shard)));
        }
        answer.onNext(response.build());
        answer.onCompleted();
    }

    private synchronized RecordJourney journey(long offset) {
        RecordJourney forgotten = RecordJourney.newBuilder().setRemembersSinceMs(1).build();
        return journeys.getOrDefault(offset, forgotten);
    }

    private synchronized boolean hanging() {
        return hangs;
    }

    private synchronized int hitCopies() {
        return hitCopies;
    }

    private synchronized String refusal() {
        return refusal;
    }

    private synchronized @Nullable Shard shard(String group) {
        return shards.get(group);
    }

    private synchronized long position(String group, Shard shard) {
        Long stop = held.get(group);
        return stop == null ? log.read(shard.partition()).size() : stop;
    }

    /** Waits for the position asked for, or until a little before the deadline. */
    private synchronized long await(ShardRead read, Shard shard, @Nullable Deadline deadline)
            throws InterruptedException {
        while (true) {
            long position = position(read.getGroup(), shard);
            long leftMs =
                    deadline == null
                            ? 0
                            : deadline.timeRemaining(TimeUnit.MILLISECONDS) - MARGIN_MS;
            if (position >= read.getMinPosition() || leftMs <= 0) {
                return position;
            }
            wait(Math.min(leftMs, 10));
        }
    }

    private Map<String, Row> rows(Shard shard, long position) {
        Map<String, Row> rows = new TreeMap<>();
        List<@Nullable LogAppend> records = log.read(shard.partition());
        for (int offset = 0; offset < position; offset++) {
            LogAppend record = records.get(offset);
            if (record == null) {
                continue;
            }
            if (record.point() == null) {
                rows.remove(record.id());
            } else {
                try {
                    rows.put(record.id(), new Row(offset, Point.parseFrom(record.point())));
                } catch (InvalidProtocolBufferException e) {
                    throw new IllegalStateException("the gateway wrote no point", e);
                }
            }
        }
        return rows;
    }

    private static ShardState state(Shard shard, long position) {
        return ShardState.newBuilder()
                .setPosition(position)
                .setTopicId(shard.topicId())
                .setEpoch(1)
                .setGeneration(1)
                .build();
    }

    @Override
    public void close() {
        server.shutdownNow();
        threads.shutdownNow();
        try {
            server.awaitTermination(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
