package io.vectron.ingest.job;

import com.google.protobuf.ByteString;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.vectron.proto.log.v1.ApplyBatch;
import io.vectron.proto.log.v1.Halt;
import io.vectron.proto.log.v1.LogRecord;
import io.vectron.proto.placement.v1.PlacementServiceGrpc;
import io.vectron.proto.placement.v1.View;
import io.vectron.proto.placement.v1.WatchViewRequest;
import io.vectron.proto.placement.v1.WatchViewResponse;
import io.vectron.proto.worker.v1.Applied;
import io.vectron.proto.worker.v1.ApplyBatchRequest;
import io.vectron.proto.worker.v1.ApplyBatchResponse;
import io.vectron.proto.worker.v1.FoundPoint;
import io.vectron.proto.worker.v1.Gap;
import io.vectron.proto.worker.v1.GetRequest;
import io.vectron.proto.worker.v1.GetResponse;
import io.vectron.proto.worker.v1.LogDiverged;
import io.vectron.proto.worker.v1.PositionRequest;
import io.vectron.proto.worker.v1.PositionResponse;
import io.vectron.proto.worker.v1.ReplicaCondition;
import io.vectron.proto.worker.v1.ReplicaUnavailable;
import io.vectron.proto.worker.v1.ReportLogRequest;
import io.vectron.proto.worker.v1.ReportLogResponse;
import io.vectron.proto.worker.v1.ShardPoints;
import io.vectron.proto.worker.v1.ShardState;
import io.vectron.proto.worker.v1.UnknownShard;
import io.vectron.proto.worker.v1.WorkerServiceGrpc;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Placement and one worker behind a real port; shards as the contract describes them. */
final class FakeCluster implements AutoCloseable {
    private final Server server;
    private final List<StreamObserver<WatchViewResponse>> watchers = new ArrayList<>();
    private final Map<String, Shard> shards = new HashMap<>();
    private final Set<String> dead = new HashSet<>();
    private View view = View.getDefaultInstance();

    /** A shard's state. */
    private static final class Shard {
        final String topicId;
        final Map<String, Long> versions = new TreeMap<>();
        final List<Long> applied = new ArrayList<>();
        final List<Halt> halts = new ArrayList<>();
        int askedWhileHalted;
        long position;

        Shard(String topicId) {
            this.topicId = topicId;
        }
    }

    FakeCluster() throws IOException {
        server =
                Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
                        .addService(new Placement())
                        .addService(new Worker())
                        .build()
                        .start();
    }

    int port() {
        return server.getPort();
    }

    synchronized void view(View next) {
        view = next;
        watchers.forEach(w -> w.onNext(WatchViewResponse.newBuilder().setView(next).build()));
    }

    synchronized void addShard(String group, String topicId) {
        shards.put(group, new Shard(topicId));
    }

    synchronized void kill(String group) {
        dead.add(group);
    }

    synchronized void revive(String group) {
        dead.remove(group);
    }

    /** The shard falls back, as one that was restored. */
    synchronized void loseTo(String group, long position) {
        shard(group).position = position;
    }

    synchronized long position(String group) {
        return shard(group).position;
    }

    /** What the shard was told about its log. */
    synchronized List<Halt> halts(String group) {
        return List.copyOf(shard(group).halts);
    }

    /** How often it was asked where it stands since then. */
    synchronized int askedWhileHalted(String group) {
        return shard(group).askedWhileHalted;
    }

    synchronized List<Long> applied(String group) {
        return List.copyOf(shard(group).applied);
    }

    synchronized Map<String, Long> versions(String group) {
        return Map.copyOf(shard(group).versions);
    }

    @Override
    public void close() {
        server.shutdownNow();
    }

    private Shard shard(String group) {
        Shard shard = shards.get(group);
        if (shard == null) {
            throw new IllegalStateException("no shard " + group);
        }
        return shard;
    }

    private <T> boolean refused(String group, StreamObserver<T> observer) {
        if (dead.contains(group)) {
            observer.onError(Status.UNAVAILABLE.withDescription("dead").asRuntimeException());
            return true;
        }
        return false;
    }

    private static <T> void answer(StreamObserver<T> observer, T answer) {
        observer.onNext(answer);
        observer.onCompleted();
    }

    private final class Placement extends PlacementServiceGrpc.PlacementServiceImplBase {
        @Override
        public void watchView(
                WatchViewRequest request, StreamObserver<WatchViewResponse> observer) {
            synchronized (FakeCluster.this) {
                watchers.add(observer);
                observer.onNext(WatchViewResponse.newBuilder().setView(view).build());
            }
        }
    }

    private final class Worker extends WorkerServiceGrpc.WorkerServiceImplBase {
        @Override
        public void applyBatch(
                ApplyBatchRequest request, StreamObserver<ApplyBatchResponse> observer) {
            ApplyBatch batch = request.getBatch();
            synchronized (FakeCluster.this) {
                if (!refused(batch.getGroup(), observer)) {
                    answer(observer, apply(shard(batch.getGroup()), batch));
                }
            }
        }

        private ApplyBatchResponse apply(Shard shard, ApplyBatch batch) {
            ApplyBatchResponse.Builder answer = ApplyBatchResponse.newBuilder();
            if (batch.getFrom() > shard.position) {
                return answer.setGap(Gap.newBuilder().setExpected(shard.position)).build();
            }
            for (LogRecord record : batch.getRecordsList()) {
                if (record.getOffset() >= shard.position) {
                    shard.applied.add(record.getOffset());
                    String id = record.getId().toStringUtf8();
                    if (record.hasPoint()) {
                        shard.versions.put(id, record.getOffset());
                    } else {
                        shard.versions.remove(id);
                    }
                }
            }
            shard.position = Math.max(shard.position, batch.getTo());
            return answer.setApplied(Applied.newBuilder().setPosition(shard.position)).build();
        }

        @Override
        public void reportLog(
                ReportLogRequest request, StreamObserver<ReportLogResponse> observer) {
            synchronized (FakeCluster.this) {
                Shard shard = shard(request.getGroup());
                if (request.hasHalt()) {
                    shard.halts.add(request.getHalt());
                }
                answer(observer, ReportLogResponse.newBuilder().setUnavailable(diverged()).build());
            }
        }

        private static ReplicaUnavailable diverged() {
            return ReplicaUnavailable.newBuilder()
                    .setCondition(
                            ReplicaCondition.newBuilder()
                                    .setLogDiverged(LogDiverged.getDefaultInstance()))
                    .build();
        }

        @Override
        public void position(PositionRequest request, StreamObserver<PositionResponse> observer) {
            synchronized (FakeCluster.this) {
                if (refused(request.getGroup(), observer)) {
                    return;
                }
                Shard shard = shards.get(request.getGroup());
                PositionResponse.Builder answer = PositionResponse.newBuilder();
                if (shard == null) {
                    answer.setUnknownShard(UnknownShard.getDefaultInstance());
                } else if (!shard.halts.isEmpty()) {
                    shard.askedWhileHalted++;
                    answer.setUnavailable(diverged());
                } else {
                    answer.setApplied(Applied.newBuilder().setPosition(shard.position))
                            .setTopicId(shard.topicId);
                }
                answer(observer, answer.build());
            }
        }

        @Override
        public void get(GetRequest request, StreamObserver<GetResponse> observer) {
            synchronized (FakeCluster.this) {
                String group = request.getShards(0).getShard().getGroup();
                if (refused(group, observer)) {
                    return;
                }
                Shard shard = shard(group);
                ShardPoints.Builder points =
                        ShardPoints.newBuilder()
                                .setState(ShardState.newBuilder().setPosition(shard.position));
                for (ByteString id : request.getShards(0).getIdsList().asByteStringList()) {
                    Long version = shard.versions.get(id.toStringUtf8());
                    if (version != null) {
                        points.addPoints(
                                FoundPoint.newBuilder().setIdBytes(id).setVersion(version));
                    }
                }
                answer(observer, GetResponse.newBuilder().addShards(points).build());
            }
        }
    }
}
