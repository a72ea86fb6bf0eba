package io.vectron.worker.replica;

import io.vectron.proto.worker.v1.ReplicaCondition;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens replicas again that stopped because the disk was full, as soon as there is room: nothing of
 * them is damaged, and what they could not write was never acknowledged. A thread of its own.
 */
public final class Reopener implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Reopener.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    /** A replica that finds no room again, though there seems to be some, stops for so long. */
    private static final Duration RETRY = Duration.ofSeconds(3);

    private static final long STOP_SECONDS = 10;

    private final Replicas replicas;
    private final BooleanSupplier room;
    private final InstantSource clock;
    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("reopener").factory());

    /**
     * @param replicas those of the worker
     * @param room whether there is room on the disk
     * @param clock the one by which replicas tell since when they have stopped
     */
    public Reopener(Replicas replicas, BooleanSupplier room, InstantSource clock) {
        this.replicas = replicas;
        this.room = room;
        this.clock = clock;
    }

    /** Looks at the replicas from now on. */
    public void start() {
        var _ =
                thread.scheduleWithFixedDelay(
                        this::look, PAUSE.toMillis(), PAUSE.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void look() {
        try {
            for (ShardReplica replica : replicas.all()) {
                ReplicaCondition why = replica.stopped();
                if (why != null && Conditions.isNoRoom(why) && waited(why) && room.getAsBoolean()) {
                    LOG.info("{} opens again: there is room on the disk", replica.facts().label());
                    replicas.reopen(replica);
                }
            }
        } catch (IOException | RuntimeException e) {
            LOG.error("cannot open a replica again; trying again", e);
        }
    }

    private boolean waited(ReplicaCondition why) {
        return clock.millis() - why.getSinceMs() >= RETRY.toMillis();
    }

    /** Ends the thread, and waits for the replica that is being opened. */
    @Override
    public void close() {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("the reopener did not end within {} s", STOP_SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
