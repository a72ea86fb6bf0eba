package io.vectron.worker.replica;

import io.vectron.worker.shard.PointView;
import io.vectron.worker.shard.ShardState;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One state of a shard, held unmoved until closed. The index moves on by itself: an answer of it
 * belongs to this state only if it names the same position.
 */
public final class Reading implements AutoCloseable {
    private final VectorPointIndex index;
    private final PointView view;
    private final ShardState state;
    private final Runnable release;
    private final AtomicBoolean closed = new AtomicBoolean();

    Reading(VectorPointIndex index, PointView view, ShardState state, Runnable release) {
        this.index = index;
        this.view = view;
        this.state = state;
        this.release = release;
    }

    /** The index, at this state or a later one. */
    public VectorPointIndex index() {
        return index;
    }

    /** The rows of this state. */
    public PointView view() {
        return view;
    }

    /** This state. */
    public ShardState state() {
        return state;
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            release.run();
        }
    }
}
