package io.vectron.standalone.cluster;

import io.vectron.standalone.cluster.ServiceState.Life;
import io.vectron.standalone.run.DataFolder;
import io.vectron.standalone.run.RefusedException;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the ingest job of a cluster: when a process of Flink's ends without having been stopped, it
 * is started again. With the JobManager comes the job, and where it reads on is what the shards
 * have applied. Other services stay as they are: why one of them died, somebody should look at.
 *
 * <p>Used by one thread.
 */
public final class Keeper {
    private static final Logger log = LoggerFactory.getLogger(Keeper.class);
    private static final Duration LOOK = Duration.ofMillis(500);
    private static final Duration FIRST_DELAY = Duration.ofMillis(500);
    private static final Duration LONGEST_DELAY = Duration.ofSeconds(30);

    /** Whoever ran that long did not end because it was started. */
    private static final Duration LONG_RUN = Duration.ofMinutes(1);

    private final Cluster cluster;
    private final Map<Service, Attempt> attempts = new EnumMap<>(Service.class);

    /** When a service was last started by this, and how long to wait before the next time. */
    private record Attempt(long nanos, Duration delay) {}

    /** A keeper of one cluster. */
    public Keeper(Cluster cluster) {
        this.cluster = cluster;
    }

    /** Keeps until the thread is interrupted or the cluster's folder is gone. */
    public void run() throws IOException {
        log.info("keeping {} in {}", Service.kept(), cluster.place().data());
        while (!Thread.interrupted() && Files.isDirectory(cluster.place().data())) {
            look();
            LockSupport.parkNanos(LOOK.toNanos());
        }
    }

    private void look() throws IOException {
        for (Service service : Service.kept()) {
            if (cluster.life(service) == Life.DEAD && due(service)) {
                revive(service);
            }
        }
    }

    private boolean due(Service service) {
        Attempt last = attempts.get(service);
        return last == null || System.nanoTime() - last.nanos >= last.delay.toNanos();
    }

    private void revive(Service service) {
        // Nobody else starts or stops services while the folder is held.
        try (DataFolder folder = DataFolder.openForProcesses(cluster.place().data())) {
            if (cluster.life(service) == Life.DEAD) {
                log.warn("{} ended: starting it again", service);
                attempts.put(service, next(attempts.get(service)));
                log.info(
                        "{} is process {} in {}",
                        service,
                        cluster.launch(service).pid(),
                        folder.root());
            }
        } catch (RefusedException e) {
            log.info("{} ended, but the folder is held: {}", service, e.getMessage());
        } catch (IOException e) {
            log.error("{} could not be started; trying again", service, e);
        }
    }

    private static Attempt next(@org.jspecify.annotations.Nullable Attempt last) {
        long now = System.nanoTime();
        if (last == null || now - last.nanos > LONG_RUN.toNanos()) {
            return new Attempt(now, FIRST_DELAY);
        }
        Duration doubled = last.delay.multipliedBy(2);
        return new Attempt(now, doubled.compareTo(LONGEST_DELAY) < 0 ? doubled : LONGEST_DELAY);
    }
}
