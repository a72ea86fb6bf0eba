package io.vectron.ingest.source;

import io.vectron.ingest.feed.FeedControl;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * A split as its polling thread reads it, and what others want of it. Wishes are kept as a state,
 * not as a queue: a later one overrides an earlier one, so nothing grows.
 */
final class SplitHandle implements FeedControl {
    /** Where to read on. */
    record Seek(long position, long session) {}

    /**
     * What the polling thread has to do.
     *
     * @param seek set if the position must be changed
     */
    record Wish(boolean removed, boolean paused, @Nullable Seek seek) {}

    final ShardSplit split;
    final TopicPartition partition;
    long session; // polling thread only

    private final Runnable wakeup;
    private boolean changed; // guarded by this
    private boolean removed; // guarded by this
    private boolean paused; // guarded by this
    private @Nullable Seek seek; // guarded by this

    SplitHandle(ShardSplit split, Runnable wakeup) {
        this.split = split;
        this.partition = new TopicPartition(split.feed().topic(), split.feed().partition());
        this.wakeup = wakeup;
    }

    @Override
    public void pause() {
        // No wake-up: a poll that waits has nothing to read anyway.
        synchronized (this) {
            paused = true;
            changed = true;
        }
    }

    @Override
    public void resume() {
        synchronized (this) {
            paused = false;
            changed = true;
        }
        wakeup.run();
    }

    @Override
    public void rewind(long position, long session) {
        synchronized (this) {
            seek = new Seek(position, session);
            changed = true;
        }
        wakeup.run();
    }

    @Override
    public void stop() {
        synchronized (this) {
            removed = true;
            changed = true;
        }
        wakeup.run();
    }

    /** What changed since the last call; null if nothing did. Polling thread. */
    synchronized @Nullable Wish take() {
        if (!changed) {
            return null;
        }
        Wish wish = new Wish(removed, paused, seek);
        changed = false;
        seek = null;
        return wish;
    }
}
