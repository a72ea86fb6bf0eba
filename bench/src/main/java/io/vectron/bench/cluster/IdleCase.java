package io.vectron.bench.cluster;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.vectron.bench.cluster.process.Figures;
import io.vectron.bench.cluster.process.RealCluster;
import io.vectron.bench.report.Measurement;
import io.vectron.cli.terminal.Progress;
import io.vectron.cli.terminal.Screen;
import io.vectron.proto.log.v1.Metric;
import io.vectron.proto.worker.v1.ReplicaStatus;
import io.vectron.proto.worker.v1.Role;
import io.vectron.standalone.cluster.Service;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * Many shards of three replicas on three workers, with nothing to do: what the workers take all the
 * same.
 */
final class IdleCase {
    private static final String NAME = "idle";
    private static final int WORKERS = 3;
    private static final int DIMENSION = 384;
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    /** What is compiled, elected and scrubbed at first is over by then. */
    private static final Duration SETTLE = Duration.ofSeconds(45);

    private final Path scratch;
    private final int shards;
    private final int seconds;
    private final Screen screen;

    /**
     * @param seconds how long is looked
     */
    IdleCase(Path scratch, int shards, int seconds, Screen screen) {
        this.scratch = scratch;
        this.shards = shards;
        this.seconds = seconds;
        this.screen = screen;
    }

    /** Starts a cluster, creates the collection, waits and looks. */
    Measurement measure() throws IOException, InterruptedException {
        screen.line("idle: starting a cluster of " + WORKERS + " workers");
        try (RealCluster cluster =
                RealCluster.start(
                        scratch.resolve(NAME),
                        WORKERS,
                        Map.of(
                                "VECTRON_PLACEMENT_LIMITS_REPLICAS_PER_WORKER",
                                Integer.toString(shards)))) {
            Taken empty = taken(cluster);
            long start = System.nanoTime();
            create(cluster);
            RealCluster.await(
                    "a leader of each shard",
                    PATIENCE,
                    () -> leaders(cluster) == shards && members(cluster) == members());
            double creation = (System.nanoTime() - start) / 1e9;
            rest(SETTLE, "idle: settling");
            Map<Service, Duration> before = processorTime(cluster);
            long began = System.nanoTime();
            rest(Duration.ofSeconds(seconds), "idle: looking");
            double elapsed = (System.nanoTime() - began) / 1e9;
            Map<Service, Duration> after = processorTime(cluster);
            Taken full = taken(cluster);
            if (leaders(cluster) != shards) {
                throw new IOException("idle groups lost their leaders");
            }
            requireFull(cluster);
            Map<String, Double> metrics = new LinkedHashMap<>();
            metrics.put(
                    "workers_core_percent",
                    100 * spent(cluster.workers(), before, after) / elapsed);
            metrics.put(
                    "all_core_percent", 100 * spent(cluster.services(), before, after) / elapsed);
            double members = members();
            metrics.put("threads", (double) full.threads());
            metrics.put("threads_per_member", (full.threads() - empty.threads()) / members);
            metrics.put("direct_mb", full.directBytes() / 1e6);
            metrics.put(
                    "direct_mb_per_member",
                    (full.directBytes() - empty.directBytes()) / members / 1e6);
            metrics.put("rss_mb", full.residentBytes() / 1e6);
            metrics.put("creation_seconds", creation);
            return new Measurement(ClusterBench.NAME, NAME, "vectron", "", params(), metrics);
        }
    }

    private long members() {
        return (long) shards * WORKERS;
    }

    /** Hundreds of replicas may take longer than a request may wait; then the creation goes on. */
    private void create(RealCluster cluster) {
        try {
            var _ =
                    cluster.session()
                            .create(NAME, DIMENSION, Metric.METRIC_COSINE, shards, WORKERS);
        } catch (StatusRuntimeException e) {
            if (e.getStatus().getCode() != Status.Code.DEADLINE_EXCEEDED) {
                throw e;
            }
            screen.line("idle: " + e.getStatus().getDescription());
        }
    }

    /** Each worker holds as many replicas as it may; that number is what bounds all figures. */
    private static void requireFull(RealCluster cluster) throws IOException {
        try {
            var _ = cluster.session().create("more", DIMENSION, Metric.METRIC_COSINE, 1);
        } catch (StatusRuntimeException e) {
            if (e.getStatus().getCode() == Status.Code.RESOURCE_EXHAUSTED) {
                return;
            }
            throw e;
        }
        throw new IOException("a worker took more replicas than it may hold");
    }

    private Map<String, String> params() {
        Map<String, String> params = new LinkedHashMap<>();
        params.put("shards", "" + shards);
        params.put("members", "" + members());
        params.put("workers", "" + WORKERS);
        params.put("seconds", "" + seconds);
        return params;
    }

    private void rest(Duration time, String what) throws InterruptedException {
        Progress progress = new Progress(screen, what, 0, time.toSeconds());
        long start = System.nanoTime();
        long passed = 0;
        while (passed < time.toNanos()) {
            LockSupport.parkNanos(Math.min(1_000_000_000L, time.toNanos() - passed));
            if (Thread.interrupted()) {
                throw new InterruptedException(what);
            }
            passed = System.nanoTime() - start;
            progress.at(passed / 1_000_000_000L, "");
        }
        progress.end();
    }

    private static long leaders(RealCluster cluster) {
        return cluster.workers().stream()
                .flatMap(worker -> cluster.replicas(worker).stream())
                .map(ReplicaStatus::getRole)
                .filter(role -> role == Role.ROLE_LEADER)
                .count();
    }

    private static long members(RealCluster cluster) {
        return cluster.workers().stream()
                .mapToLong(worker -> cluster.replicas(worker).size())
                .sum();
    }

    private static Map<Service, Duration> processorTime(RealCluster cluster) throws IOException {
        Map<Service, Duration> times = new EnumMap<>(Service.class);
        for (Service service : cluster.services()) {
            times.put(service, Figures.cpu(cluster.pid(service)));
        }
        return times;
    }

    private static double spent(
            List<Service> services, Map<Service, Duration> before, Map<Service, Duration> after) {
        return services.stream()
                .mapToDouble(service ->
                        (after.getOrDefault(service, Duration.ZERO).toNanos()
                                        - before.getOrDefault(service, Duration.ZERO).toNanos())
                                / 1e9)
                .sum();
    }

    /** What the workers hold together. */
    private record Taken(long threads, double directBytes, long residentBytes) {}

    private static Taken taken(RealCluster cluster) throws IOException, InterruptedException {
        long threads = 0;
        double direct = 0;
        long resident = 0;
        for (Service worker : cluster.workers()) {
            threads += Figures.threads(cluster.pid(worker));
            resident += Figures.residentBytes(cluster.pid(worker));
            direct +=
                    Figures.metric(
                            cluster.management(worker),
                            "jvm_buffer_memory_used_bytes",
                            "id=\"direct\"");
        }
        return new Taken(threads, direct, resident);
    }
}
