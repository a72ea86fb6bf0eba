package io.vectron.worker.search;

import com.google.protobuf.UnsafeByteOperations;
import io.grpc.Context;
import io.vectron.common.digest.Digest;
import io.vectron.common.error.ErrorCode;
import io.vectron.common.error.VectronException;
import io.vectron.common.limit.Limits;
import io.vectron.index.DenseVector;
import io.vectron.index.SearchQuery;
import io.vectron.proto.v1.IndexReport;
import io.vectron.proto.worker.v1.Applied;
import io.vectron.proto.worker.v1.DigestRequest;
import io.vectron.proto.worker.v1.DigestResponse;
import io.vectron.proto.worker.v1.GetRequest;
import io.vectron.proto.worker.v1.GetResponse;
import io.vectron.proto.worker.v1.NotFresh;
import io.vectron.proto.worker.v1.ReplicaCondition;
import io.vectron.proto.worker.v1.ReplicaUnavailable;
import io.vectron.proto.worker.v1.ReportIndexRequest;
import io.vectron.proto.worker.v1.ReportIndexResponse;
import io.vectron.proto.worker.v1.SearchRequest;
import io.vectron.proto.worker.v1.SearchResponse;
import io.vectron.proto.worker.v1.ShardGet;
import io.vectron.proto.worker.v1.ShardHits;
import io.vectron.proto.worker.v1.ShardPoints;
import io.vectron.proto.worker.v1.ShardRead;
import io.vectron.proto.worker.v1.UnknownShard;
import io.vectron.worker.replica.Reading;
import io.vectron.worker.replica.ShardReplica;
import io.vectron.worker.shard.DigestCheck;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads over several shards. The calling thread waits, for positions and for the compute threads;
 * it should be a virtual one.
 */
public final class Queries {
    /** Shards of one request. */
    static final int SHARDS = Limits.SHARDS;

    private static final int ATTEMPTS = 8;
    private static final int DEFAULT_EF = 100;

    private final Function<UUID, @Nullable ShardReplica> replicas;
    private final Function<ShardReplica, ReplicaCondition> conditions;
    private final ComputePool searchers;
    private final ComputePool checkers;
    private final ShardReader reader;

    /**
     * @param replicas finds a replica; null if it is not here
     * @param conditions what a replica is able to do
     * @param searchers threads for searches and reads; idle ones help with searches
     * @param checkers threads for whole scans
     */
    public Queries(
            Function<UUID, @Nullable ShardReplica> replicas,
            Function<ShardReplica, ReplicaCondition> conditions,
            ComputePool searchers,
            ComputePool checkers) {
        this.replicas = replicas;
        this.conditions = conditions;
        this.searchers = searchers;
        this.reader = new ShardReader(ATTEMPTS, searchers);
        this.checkers = checkers;
    }

    /** Searches every shard asked for; one answer a shard, in the order of the request. */
    public SearchResponse search(SearchRequest request) {
        SearchQuery query = parse(request);
        Projection projection = new Projection(request.getWithVectors(), request.getWithPayload());
        AnswerBudget budget = new AnswerBudget("top_k");
        requireShards(request.getShardsCount());
        Patience patience = Patience.ofCall();
        List<Future<ShardHits>> answers = new ArrayList<>(request.getShardsCount());
        for (ShardRead shard : request.getShardsList()) {
            ShardReplica replica = replicas.apply(GroupName.parse(shard.getGroup()));
            if (replica == null) {
                answers.add(done(ShardHits.newBuilder().setUnknownShard(unknown()).build()));
                continue;
            }
            ShardHits notReady =
                    switch (Freshness.await(replica, shard.getMinPosition(), patience)) {
                        case Freshness.Fresh() -> null;
                        case Freshness.Gone() -> noHits(replica);
                        case Freshness.Behind(long position) ->
                                ShardHits.newBuilder().setNotFresh(notFresh(position)).build();
                    };
            answers.add(
                    notReady == null
                            ? searchers.submit(() ->
                                    Guarded.read(
                                            replica,
                                            () -> reader.search(replica, query, projection, budget),
                                            () -> noHits(replica)))
                            : done(notReady));
        }
        SearchResponse.Builder response = SearchResponse.newBuilder();
        answers.forEach(answer -> response.addShards(join(answer)));
        return response.build();
    }

    /** Reads points by id; one answer a shard, in the order of the request. */
    public GetResponse get(GetRequest request) {
        Projection projection = new Projection(!request.getWithoutVectors(), true);
        AnswerBudget budget = new AnswerBudget("ids");
        requireShards(request.getShardsCount());
        int ids = request.getShardsList().stream().mapToInt(ShardGet::getIdsCount).sum();
        if (ids > Limits.POINTS_PER_REQUEST) {
            throw new VectronException(
                    ErrorCode.TOO_MANY_POINTS,
                    "ids",
                    ids + " ids, at most " + Limits.POINTS_PER_REQUEST);
        }
        Patience patience = Patience.ofCall();
        List<Future<ShardPoints>> answers = new ArrayList<>(request.getShardsCount());
        for (ShardGet shard : request.getShardsList()) {
            ShardReplica replica = replicas.apply(GroupName.parse(shard.getShard().getGroup()));
            if (replica == null) {
                answers.add(done(ShardPoints.newBuilder().setUnknownShard(unknown()).build()));
                continue;
            }
            ShardPoints notReady =
                    switch (Freshness.await(replica, shard.getShard().getMinPosition(), patience)) {
                        case Freshness.Fresh() -> null;
                        case Freshness.Gone() -> noPoints(replica);
                        case Freshness.Behind(long position) ->
                                ShardPoints.newBuilder().setNotFresh(notFresh(position)).build();
                    };
            answers.add(
                    notReady == null
                            ? searchers.submit(() ->
                                    Guarded.read(
                                            replica,
                                            () ->
                                                    reader.get(
                                                            replica,
                                                            shard.getIdsList(),
                                                            projection,
                                                            budget),
                                            () -> noPoints(replica)))
                            : done(notReady));
        }
        GetResponse.Builder response = GetResponse.newBuilder();
        answers.forEach(answer -> response.addShards(join(answer)));
        return response.build();
    }

    /** Tells a shard's digest, as it was maintained or computed anew from the rows. */
    public DigestResponse digest(DigestRequest request) {
        ShardReplica replica = replicas.apply(GroupName.parse(request.getGroup()));
        return replica == null
                ? DigestResponse.newBuilder().setUnknownShard(unknown()).build()
                : join(
                        checkers.submit(() ->
                                Guarded.read(
                                        replica,
                                        () -> digest(replica, request.getRecompute()),
                                        () -> noDigest(replica))));
    }

    /**
     * Tells what a replica's index is made of. Looks at rows only as long as the caller waits, on
     * the threads for whole scans: searches are not held up.
     *
     * @throws VectronException INVALID_REQUEST if the sample is too large; OVERLOADED
     */
    public ReportIndexResponse reportIndex(ReportIndexRequest request) {
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
        ShardReplica replica = replicas.apply(GroupName.parse(request.getGroup()));
        if (replica == null) {
            return ReportIndexResponse.newBuilder().setUnknownShard(unknown()).build();
        }
        Patience patience = Patience.ofCall();
        Context call = Context.current();
        return join(
                checkers.submit(() -> {
                    IndexReport report =
                            IndexReports.of(
                                    replica,
                                    sample,
                                    () -> patience.leftNanos() > 0 && !call.isCancelled());
                    return report == null
                            ? ReportIndexResponse.newBuilder().setUnknownShard(unknown()).build()
                            : ReportIndexResponse.newBuilder().setReport(report).build();
                }));
    }

    private ShardHits noHits(ShardReplica replica) {
        return ShardHits.newBuilder().setUnavailable(unavailable(replica)).build();
    }

    private ShardPoints noPoints(ShardReplica replica) {
        return ShardPoints.newBuilder().setUnavailable(unavailable(replica)).build();
    }

    private DigestResponse noDigest(ShardReplica replica) {
        return DigestResponse.newBuilder().setUnavailable(unavailable(replica)).build();
    }

    private ReplicaUnavailable unavailable(ShardReplica replica) {
        return ReplicaUnavailable.newBuilder().setCondition(conditions.apply(replica)).build();
    }

    private static @Nullable DigestResponse digest(ShardReplica replica, boolean recompute)
            throws IOException {
        try (Reading reading = replica.read()) {
            if (reading == null) {
                return null;
            }
            Digest digest;
            long rows;
            if (recompute) {
                DigestCheck check = replica.recomputeDigest(reading.view());
                digest = check.recomputed();
                rows = check.rows();
            } else {
                digest = reading.view().digest();
                rows = reading.state().rows();
            }
            return DigestResponse.newBuilder()
                    .setApplied(Applied.newBuilder().setPosition(reading.state().position()))
                    .setDigest(digest.toString())
                    .setBuckets(UnsafeByteOperations.unsafeWrap(digest.toBytes()))
                    .setRows(rows)
                    .build();
        }
    }

    private static SearchQuery parse(SearchRequest request) {
        int topK = request.getTopK();
        if (topK < 1 || topK > Limits.TOP_K) {
            throw new VectronException(
                    ErrorCode.INVALID_TOP_K,
                    "top_k",
                    "top_k is not within 1 to " + Limits.TOP_K + ": " + topK);
        }
        int ef = request.getEf();
        if (ef < 0 || ef > Limits.EF) {
            throw new VectronException(
                    ErrorCode.INVALID_EF, "ef", "ef is not within 0 to " + Limits.EF + ": " + ef);
        }
        if (request.getVectorCount() == 0) {
            throw new VectronException(
                    ErrorCode.INVALID_QUERY_VECTOR, "vector", "the query has no vector");
        }
        float[] vector = new float[request.getVectorCount()];
        for (int i = 0; i < vector.length; i++) {
            vector[i] = request.getVector(i);
        }
        int breadth = ef == 0 ? Math.clamp(2L * topK, DEFAULT_EF, Limits.EF) : ef;
        return new SearchQuery(DenseVector.of(vector), topK, breadth, request.getExact());
    }

    private static void requireShards(int shards) {
        if (shards < 1 || shards > SHARDS) {
            throw new VectronException(
                    ErrorCode.INVALID_REQUEST,
                    "shards",
                    "not within 1 to " + SHARDS + " shards: " + shards);
        }
    }

    private static NotFresh notFresh(long position) {
        return NotFresh.newBuilder().setPosition(position).build();
    }

    private static UnknownShard unknown() {
        return UnknownShard.getDefaultInstance();
    }

    private static <T> Future<T> done(T value) {
        return CompletableFuture.completedFuture(value);
    }

    private static <T> T join(Future<T> future) {
        try {
            return future.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof VectronException known) {
                throw known;
            }
            throw new IllegalStateException("a shard could not be read", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new VectronException(ErrorCode.CANCELLED, "the call was cancelled");
        }
    }
}
