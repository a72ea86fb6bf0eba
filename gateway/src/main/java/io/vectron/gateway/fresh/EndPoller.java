package io.vectron.gateway.fresh;

import io.vectron.gateway.config.FreshnessConfig;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the ends of the logs that are being read: one thread, {@code log-ends}, asks Kafka about
 * all of them in one go, every interval. A log that nobody asks for is not followed.
 *
 * <p>The rule that makes {@code fresh_as_of} a promise: <b>the time is taken before Kafka is
 * asked</b>. Whatever was in the log at that time lies below the end that comes back.
 */
public final class EndPoller implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(EndPoller.class);

    private final LogEnds ends;
    private final GatewayClock clock;
    private final FreshnessConfig config;
    private final Map<String, FollowedLog> logs = new ConcurrentHashMap<>();
    private final Semaphore wake = new Semaphore(0);
    private final Thread thread;
    private volatile boolean closed;

    /**
     * @param ends tells the ends; closed by the caller, after this
     */
    public EndPoller(LogEnds ends, GatewayClock clock, FreshnessConfig config) {
        this.ends = ends;
        this.clock = clock;
        this.config = config;
        this.thread = Thread.ofPlatform().name("log-ends").daemon().unstarted(this::run);
    }

    /** Starts the thread. */
    public void start() {
        thread.start();
    }

    /**
     * Says that the log is being read, and returns what is known of its ends. Beyond the limit of
     * partitions the logs that were asked for longest ago are forgotten; if all are in use, the log
     * returned stays without looks.
     *
     * @param topic name of the topic; never reused, so it names the log for ever
     * @param partitions how many it has
     */
    public FollowedLog follow(String topic, int partitions) {
        FollowedLog log = logs.get(topic);
        if (log == null) {
            log = admit(topic, partitions);
        }
        if (log.ask(clock.now(), config.activeFor())) {
            wake.release();
        }
        return log;
    }

    /** Forgets all logs but these: a topic that is being deleted has no end to ask for. */
    public void retain(Set<String> topics) {
        logs.keySet().retainAll(topics);
    }

    /** Partitions remembered now. */
    public int trackedPartitions() {
        return logs.values().stream().mapToInt(FollowedLog::partitions).sum();
    }

    private synchronized FollowedLog admit(String topic, int partitions) {
        FollowedLog known = logs.get(topic);
        if (known != null) {
            return known;
        }
        FollowedLog log = new FollowedLog(topic, partitions, config.samples());
        int excess = trackedPartitions() + partitions - config.trackedPartitions();
        if (excess > 0 && !forget(excess)) {
            LOG.warn("too many partitions are read at once to follow the end of {}", topic);
            return log;
        }
        logs.put(topic, log);
        return log;
    }

    private boolean forget(int partitions) {
        Moment now = clock.now();
        List<Map.Entry<String, FollowedLog>> idle = new ArrayList<>();
        for (Map.Entry<String, FollowedLog> entry : logs.entrySet()) {
            if (!entry.getValue().active(now, config.activeFor())) {
                idle.add(entry);
            }
        }
        if (idle.stream().mapToInt(entry -> entry.getValue().partitions()).sum() < partitions) {
            return false;
        }
        idle.sort(Comparator.comparingLong(entry -> -age(entry.getValue(), now)));
        int freed = 0;
        for (Map.Entry<String, FollowedLog> entry : idle) {
            if (freed >= partitions) {
                break;
            }
            logs.remove(entry.getKey());
            freed += entry.getValue().partitions();
        }
        return true;
    }

    private static long age(FollowedLog log, Moment now) {
        Moment asked = log.askedFor();
        return asked == null ? Long.MAX_VALUE : now.nanos() - asked.nanos();
    }

    private void run() {
        while (!closed) {
            try {
                boolean anyActive = look();
                if (anyActive) {
                    boolean woken =
                            wake.tryAcquire(config.interval().toNanos(), TimeUnit.NANOSECONDS);
                    LOG.trace("woken early: {}", woken);
                } else {
                    wake.acquire();
                }
                wake.drainPermits();
            } catch (InterruptedException e) {
                LOG.debug("stopped");
                return;
            }
        }
    }

    /**
     * Asks for the ends of all active logs. Called by the thread, and by tests instead of it.
     *
     * @return whether there was any
     */
    boolean look() {
        Moment taken = clock.now(); // Before Kafka is asked; see above.
        Map<LogPartition, FollowedLog> asked = new HashMap<>();
        boolean anyActive = false;
        for (FollowedLog log : logs.values()) {
            if (log.active(taken, config.activeFor())) {
                anyActive = true;
                for (LogPartition partition : log.begin(taken, config.interval())) {
                    asked.put(partition, log);
                }
            }
        }
        if (!asked.isEmpty()) {
            ask(taken, asked);
        }
        return anyActive;
    }

    private void ask(Moment taken, Map<LogPartition, FollowedLog> asked) {
        Map<LogPartition, CompletableFuture<Long>> answers;
        Set<LogPartition> partitions = new HashSet<>(asked.keySet());
        try {
            answers = ends.ends(partitions);
        } catch (RuntimeException e) {
            // The thread must live: a client that cannot ask now may be able to in 100 ms.
            asked.forEach((partition, log) -> failed(partition, log, e));
            return;
        }
        for (Map.Entry<LogPartition, FollowedLog> one : asked.entrySet()) {
            LogPartition partition = one.getKey();
            FollowedLog log = one.getValue();
            CompletableFuture<Long> answer = answers.get(partition);
            if (answer == null) {
                failed(partition, log, new IllegalStateException("no answer"));
            } else {
                CompletableFuture<Long> _ =
                        answer.whenComplete(
                                (end, problem) -> take(partition, log, taken, end, problem));
            }
        }
    }

    private void take(
            LogPartition partition,
            FollowedLog log,
            Moment taken,
            @Nullable Long end,
            @Nullable Throwable problem) {
        if (end == null) {
            failed(partition, log, problem == null ? new IllegalStateException("no end") : problem);
        } else if (log.seen(partition.number(), taken, end)) {
            LOG.info("the end of {} is known again", partition);
        }
    }

    private void failed(LogPartition partition, FollowedLog log, Throwable problem) {
        if (log.failed(partition.number()) && !closed) {
            LOG.warn("the end of {} is unknown: {}", partition, problem.toString());
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
