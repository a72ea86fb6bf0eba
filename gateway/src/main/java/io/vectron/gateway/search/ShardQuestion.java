package io.vectron.gateway.search;

import com.google.common.util.concurrent.ListenableFuture;
import io.vectron.gateway.route.ShardRoute;
import io.vectron.proto.worker.v1.WorkerServiceGrpc.WorkerServiceFutureStub;
import java.util.List;

/**
 * A read over several shards.
 *
 * @param <T> what a shard finds
 */
public interface ShardQuestion<T> {

    /**
     * Asks one worker for some of the shards, in one call.
     *
     * @param worker stub with its deadline set
     * @return one answer a shard, in the order given
     */
    ListenableFuture<List<ShardAnswer<T>>> ask(
            WorkerServiceFutureStub worker, List<ShardRoute> shards);
}
