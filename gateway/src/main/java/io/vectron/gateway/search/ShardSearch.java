package io.vectron.gateway.search;

import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import io.vectron.common.error.ErrorCode;
import io.vectron.common.error.VectronException;
import io.vectron.gateway.route.ShardRoute;
import io.vectron.gateway.search.ShardAnswer.Answered;
import io.vectron.gateway.search.ShardAnswer.Missing;
import io.vectron.gateway.search.ShardAnswer.Moved;
import io.vectron.gateway.search.ShardAnswer.Stale;
import io.vectron.proto.worker.v1.Hit;
import io.vectron.proto.worker.v1.SearchRequest;
import io.vectron.proto.worker.v1.ShardHits;
import io.vectron.proto.worker.v1.WorkerServiceGrpc.WorkerServiceFutureStub;
import java.util.ArrayList;
import java.util.List;

/** A search as workers understand it. */
public final class ShardSearch implements ShardQuestion<Hit> {

    private final SearchRequest query;
    private final MinPositions freshness;

    /**
     * A search.
     *
     * @param query without shards
     * @param freshness positions to wait for
     */
    public ShardSearch(SearchRequest query, MinPositions freshness) {
        this.query = query;
        this.freshness = freshness;
    }

    @Override
    public ListenableFuture<List<ShardAnswer<Hit>>> ask(
            WorkerServiceFutureStub worker, List<ShardRoute> shards) {
        SearchRequest.Builder request = query.toBuilder();
        shards.forEach(shard -> request.addShards(freshness.read(shard)));
        return Futures.transform(
                worker.search(request.build()),
                response -> {
                    List<ShardAnswer<Hit>> answers = new ArrayList<>();
                    response.getShardsList().forEach(hits -> answers.add(answer(hits)));
                    return answers;
                },
                MoreExecutors.directExecutor());
    }

    private static ShardAnswer<Hit> answer(ShardHits hits) {
        return switch (hits.getOutcomeCase()) {
            case STATE -> new Answered<>(hits.getState(), hits.getHitsList());
            case NOT_FRESH -> new Stale<>(hits.getNotFresh().getPosition());
            case UNKNOWN_SHARD -> new Moved<>();
            case INVALID ->
                    throw new VectronException(
                            ErrorCode.INTERNAL,
                            "a worker refused the query: " + hits.getInvalid().getMessage());
            case UNAVAILABLE ->
                    new Missing<>(
                            "its replica is "
                                    + hits.getUnavailable().getCondition().getConditionCase(),
                            false);
            case OUTCOME_NOT_SET -> new Missing<>("its worker gave an empty answer", false);
        };
    }
}
