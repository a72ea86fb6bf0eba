package io.vectron.gateway.search;

import io.vectron.proto.worker.v1.ShardState;
import java.util.List;

/**
 * What one shard said to a read.
 *
 * @param <T> what it found
 */
public sealed interface ShardAnswer<T> {

    /**
     * It answered.
     *
     * @param state the state that answered
     * @param found what it found
     */
    record Answered<T>(ShardState state, List<T> found) implements ShardAnswer<T> {}

    /**
     * It did not become as fresh as it was asked to be.
     *
     * @param position its position
     */
    record Stale<T>(long position) implements ShardAnswer<T> {}

    /**
     * Nobody answered for it.
     *
     * @param why for people
     * @param deadlinePassed whether time ran out
     */
    record Missing<T>(String why, boolean deadlinePassed) implements ShardAnswer<T> {}

    /** The worker that the routes name does not hold it: the routes are old. */
    record Moved<T>() implements ShardAnswer<T> {}
}
