package io.vectron.standalone.flink;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the ingest job on a Flink cluster that somebody else runs: submits it whenever the cluster
 * runs none of its name. It looks before each submission, and waits after one, so that it never has
 * two of them run on purpose; should that happen all the same, the shards' positions decide what is
 * applied. Nothing is lost with a job: the next one reads on where the shards are.
 */
public final class SessionKeeper implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(SessionKeeper.class);

    /** Between two looks at a cluster that answers. */
    static final Duration LOOK = Duration.ofSeconds(1);

    /** After a submission, until the next one: long enough for the job to be listed. */
    static final Duration FIRST_DELAY = Duration.ofSeconds(5);

    static final Duration LONGEST_DELAY = Duration.ofMinutes(1);

    /** Who ran that long did not end because it was started. */
    static final Duration LONG_RUN = Duration.ofMinutes(2);

    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

    private final Job job;
    private final SessionCluster cluster;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;
    private List<String> seen = List.of(); // the keeper's thread only, as all that follows
    private @Nullable Submission last;
    private Duration silence = Duration.ZERO;

    /**
     * What is kept.
     *
     * @param name of the job in Flink
     * @param jar read anew at each submission
     * @param arguments of its program
     */
    public record Job(String name, Path jar, List<String> arguments) {
        public Job {
            arguments = List.copyOf(arguments);
        }
    }

    /** When the job was last submitted, System.nanoTime, and how long to wait before the next. */
    private record Submission(long nanos, Duration delay) {}

    /**
     * @param cluster closed with the keeper
     */
    SessionKeeper(Job job, SessionCluster cluster) {
        this.job = job;
        this.cluster = cluster;
        thread = Thread.ofPlatform().name("session-keeper").daemon().unstarted(this::keep);
    }

    /**
     * Keeps a job until it is closed.
     *
     * @param flink where the cluster's REST interface is, {@code http://host:port}
     */
    public static SessionKeeper start(URI flink, Job job) {
        SessionKeeper keeper = new SessionKeeper(job, new RestSession(flink));
        keeper.thread.start();
        return keeper;
    }

    /** Keeps no longer; the job goes on. */
    @Override
    public void close() {
        closing.countDown();
        try {
            thread.join(CLOSE_LIMIT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        cluster.close();
    }

    private void keep() {
        try {
            while (!closing.await(look(System.nanoTime()).toMillis(), TimeUnit.MILLISECONDS)) {
                // until it is closed
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Looks once, and does what is to be done.
     *
     * @param now System.nanoTime
     * @return how long to wait before the next look
     */
    Duration look(long now) throws InterruptedException {
        List<String> alive;
        try {
            alive = cluster.alive(job.name());
        } catch (IOException e) {
            return silent(e);
        }
        if (!silence.isZero()) {
            log.info("Flink answers again");
            silence = Duration.ZERO;
        }
        if (alive.isEmpty()) {
            if (!seen.isEmpty()) {
                log.warn("job {} is gone", String.join(", ", seen));
            }
            seen = alive;
            submitIfDue(now);
        } else if (!alive.equals(seen)) {
            seen = alive;
            if (alive.size() == 1) {
                log.info("{} runs as job {}", job.name(), alive.getFirst());
            } else {
                log.warn("{} runs {} times: {}", job.name(), alive.size(), alive);
            }
        }
        return LOOK;
    }

    private Duration silent(IOException e) {
        if (silence.isZero()) {
            log.warn("Flink does not answer; looking again: {}", e.toString());
            silence = LOOK;
        } else {
            silence = shorter(silence.multipliedBy(2), LONGEST_DELAY);
        }
        return silence;
    }

    private void submitIfDue(long now) throws InterruptedException {
        if (last != null && now - last.nanos < last.delay.toNanos()) {
            return;
        }
        last = next(now);
        log.info("submitting {} from {}", job.name(), job.jar());
        try {
            String id = cluster.submit(job.jar(), job.arguments());
            log.info("{} submitted as job {}", job.name(), id);
        } catch (IOException e) {
            log.error(
                    "{} could not be submitted; again in {} s if it does not run: {}",
                    job.name(),
                    last.delay.toSeconds(),
                    e.toString());
        }
    }

    private Submission next(long now) {
        if (last == null || now - last.nanos > LONG_RUN.toNanos()) {
            return new Submission(now, FIRST_DELAY);
        }
        return new Submission(now, shorter(last.delay.multipliedBy(2), LONGEST_DELAY));
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
