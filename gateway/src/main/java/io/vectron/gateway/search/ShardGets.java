package io.vectron.gateway.search;

import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import io.vectron.gateway.route.ShardRoute;
import io.vectron.gateway.search.ShardAnswer.Answered;
import io.vectron.gateway.search.ShardAnswer.Missing;
import io.vectron.gateway.search.ShardAnswer.Moved;
import io.vectron.gateway.search.ShardAnswer.Stale;
import io.vectron.proto.worker.v1.FoundPoint;
import io.vectron.proto.worker.v1.GetRequest;
import io.vectron.proto.worker.v1.ShardGet;
import io.vectron.proto.worker.v1.ShardPoints;
import io.vectron.proto.worker.v1.WorkerServiceGrpc.WorkerServiceFutureStub;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads by id, as workers understand them. */
public final class ShardGets implements ShardQuestion<FoundPoint> {

    private final Map<Integer, Set<String>> idsByShard;
    private final boolean withoutVectors;
    private final MinPositions freshness;

    /**
     * Reads.
     *
     * @param idsByShard ids to read in each shard
     * @param withoutVectors leaves the vectors out
     * @param freshness positions to wait for
     */
    public ShardGets(
            Map<Integer, Set<String>> idsByShard, boolean withoutVectors, MinPositions freshness) {
        this.idsByShard = idsByShard;
        this.withoutVectors = withoutVectors;
        this.freshness = freshness;
    }

    @Override
    public ListenableFuture<List<ShardAnswer<FoundPoint>>> ask(
            WorkerServiceFutureStub worker, List<ShardRoute> shards) {
        GetRequest.Builder request = GetRequest.newBuilder().setWithoutVectors(withoutVectors);
        for (ShardRoute shard : shards) {
            request.addShards(
                    ShardGet.newBuilder()
                            .setShard(freshness.read(shard))
                            .addAllIds(idsByShard.getOrDefault(shard.shard(), Set.of())));
        }
        return Futures.transform(
                worker.get(request.build()),
                response -> {
                    List<ShardAnswer<FoundPoint>> answers = new ArrayList<>();
                    response.getShardsList().forEach(points -> answers.add(answer(points)));
                    return answers;
                },
                MoreExecutors.directExecutor());
    }

    private static ShardAnswer<FoundPoint> answer(ShardPoints points) {
        return switch (points.getOutcomeCase()) {
            case STATE -> new Answered<>(points.getState(), points.getPointsList());
            case NOT_FRESH -> new Stale<>(points.getNotFresh().getPosition());
            case UNKNOWN_SHARD -> new Moved<>();
            case UNAVAILABLE ->
                    new Missing<>(
                            "its replica is "
                                    + points.getUnavailable().getCondition().getConditionCase(),
                            false);
            case OUTCOME_NOT_SET -> new Missing<>("its worker gave an empty answer", false);
        };
    }
}
