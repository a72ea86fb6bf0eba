package io.vectron.gateway.config;

import io.grpc.Deadline;
import io.vectron.common.config.Setting;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * How long the gateway waits.
 *
 * @param unstated for a request that brings no deadline of its own
 * @param longest cap on the deadline a request may bring, so that no request holds its place for
 *     ever
 * @param start for the first view of the collections when the gateway starts
 * @param status for a worker's report about its replicas; a worker that needs longer counts as away
 * @param reroute for a newer view when a worker does not know a shard that the routes send there
 * @param hedge silence of a worker after which another replica of its shards is asked, too
 * @param margin kept back from a request's deadline when workers and Kafka are asked, so that what
 *     they say still reaches the caller
 */
public record Deadlines(
        @Setting("Time for a request that brings no deadline of its own.") Duration unstated,
        @Setting("Longest deadline a request may bring; a longer one is cut to this.")
                Duration longest,
        @Setting("How long a start waits for the first list of collections from" + " placement.")
                Duration start,
        @Setting(
                        "Wait for a worker's report about its replicas; one that needs"
                                + " longer counts as away.")
                Duration status,
        @Setting(
                        "Wait for newer routes when a worker does not know a shard"
                                + " that should be there.")
                Duration reroute,
        @Setting(
                        "Silence of a worker after which another replica of its shards is asked,"
                                + " too; the first answer counts.")
                Duration hedge,
        @Setting(
                        "Part of a request's time kept back when workers and Kafka are"
                                + " asked, so that their answer still reaches the caller.")
                Duration margin) {

    /** What the documentation promises. */
    public static final Deadlines DEFAULT =
            new Deadlines(
                    Duration.ofSeconds(30),
                    Duration.ofMinutes(5),
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(2),
                    Duration.ofMillis(250),
                    Duration.ofMillis(500),
                    Duration.ofMillis(50));

    /** Refuses durations that are not positive, and a default above the cap. */
    public Deadlines {
        positive("unstated", unstated);
        positive("longest", longest);
        positive("start", start);
        positive("status", status);
        positive("reroute", reroute);
        positive("hedge", hedge);
        positive("margin", margin);
        if (unstated.compareTo(longest) > 0) {
            throw new IllegalArgumentException(
                    "unstated deadline " + unstated + " is above the longest, " + longest);
        }
    }

    /**
     * When the work for a request must end, so that its answer still reaches the caller: a little
     * before the request's own deadline.
     */
    public Deadline ofWork(Deadline request) {
        long leftNanos = Math.max(0, request.timeRemaining(TimeUnit.NANOSECONDS));
        long marginNanos = Math.min(margin.toNanos(), leftNanos / 4);
        return Deadline.after(leftNanos - marginNanos, TimeUnit.NANOSECONDS);
    }

    private static void positive(String name, Duration value) {
        if (!value.isPositive()) {
            throw new IllegalArgumentException(name + " is not positive: " + value);
        }
    }
}
