package io.vectron.worker.replica;

import io.vectron.worker.shard.PointView;
import io.vectron.worker.shard.ShardState;
import org.jspecify.annotations.Nullable;

/**
 * The newest state that readers may see, and older ones as long as somebody reads them. Closing
 * waits for the readers, so nothing below a {@link Reading} ever goes away.
 */
final class Views {
    private final VectorPointIndex index;
    private @Nullable Counted current; // guarded by this
    private int open; // guarded by this; views not yet closed
    private boolean closed; // guarded by this

    Views(VectorPointIndex index) {
        this.index = index;
    }

    /** A view and the number of those who hold it: its readers and, while it is current, we. */
    private final class Counted {
        private final PointView view;
        private final ShardState state;
        private int holders = 1; // guarded by Views.this

        Counted(PointView view, ShardState state) {
            this.view = view;
            this.state = state;
        }

        void release() {
            synchronized (Views.this) {
                if (--holders == 0) {
                    view.close();
                    open--;
                    Views.this.notifyAll();
                }
            }
        }
    }

    /** Makes a state the newest; from now on the view belongs here. */
    synchronized void publish(PointView view, ShardState state) {
        Counted former = current;
        current = new Counted(view, state);
        open++;
        if (former != null) {
            former.release();
        }
    }

    /** The newest state; null once closed. */
    synchronized @Nullable Reading read() {
        Counted counted = current;
        if (counted == null || closed) {
            return null;
        }
        counted.holders++;
        return new Reading(index, counted.view, counted.state, counted::release);
    }

    /** Turns readers away and waits for those that are reading. */
    synchronized void close() {
        closed = true;
        Counted last = current;
        current = null;
        if (last != null) {
            last.release();
        }
        boolean interrupted = false;
        while (open > 0) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
