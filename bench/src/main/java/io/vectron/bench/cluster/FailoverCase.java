package io.vectron.bench.cluster;

import io.grpc.StatusRuntimeException;
import io.vectron.bench.cluster.process.Load;
import io.vectron.bench.cluster.process.RealCluster;
import io.vectron.bench.report.Measurement;
import io.vectron.bench.report.Percentiles;
import io.vectron.bench.run.Session;
import io.vectron.bench.run.Vectors;
import io.vectron.cli.terminal.Screen;
import io.vectron.proto.log.v1.Metric;
import io.vectron.standalone.cluster.Service;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.RecordMetadata;

/**
 * The worker that leads a shard is killed under load, again and again: how long until a write that
 * comes after is in an answer, and whether a search fails.
 */
final class FailoverCase {
    private static final String NAME = "failover";
    private static final int WORKERS = 3;
    private static final int FIRST_POINTS = 2_000;
    private static final Load.Rates RATES = new Load.Rates(2, 50, 50, 1_000);
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Path scratch;
    private final Vectors vectors;
    private final int kills;
    private final Screen screen;

    FailoverCase(Path scratch, Vectors vectors, int kills, Screen screen) {
        this.scratch = scratch;
        this.vectors = vectors;
        this.kills = kills;
        this.screen = screen;
    }

    /**
     * What one kill cost, milliseconds after it.
     *
     * @param elected another member said that it leads
     * @param applied a write sent after the kill was in an answer
     */
    private record Kill(double elected, double applied) {}

    /** Kills leaders; the worker is started again before the next one. */
    Measurement measure() throws IOException, InterruptedException {
        screen.line("failover: starting a cluster of " + WORKERS + " workers");
        try (RealCluster cluster = RealCluster.start(scratch.resolve(NAME), WORKERS, Map.of())) {
            Session session = cluster.session();
            String topic =
                    session.create(NAME, vectors.dimension(), Metric.METRIC_COSINE, 1, WORKERS)
                            .getFacts()
                            .getTopic();
            RecordMetadata last = null;
            for (int i = 0; i < FIRST_POINTS; i++) {
                last = send(session, topic, "first-" + i, i);
            }
            if (last == null) {
                throw new IllegalStateException("nothing was written");
            }
            visible(session, last);
            List<Kill> results = new ArrayList<>();
            try (Load load = new Load(session, NAME, topic, vectors, RATES)) {
                for (int i = 1; i <= kills; i++) {
                    Kill kill = kill(cluster, topic);
                    results.add(kill);
                    screen.line(
                            String.format(
                                    Locale.ROOT,
                                    "failover: kill %d of %d: elected after %.0f ms, applied"
                                            + " after %.0f ms; %d searches, %d failed",
                                    i,
                                    kills,
                                    kill.elected(),
                                    kill.applied(),
                                    load.searches(),
                                    load.failedSearches()));
                    bringBack(cluster, topic);
                }
                return measurement(results, load);
            }
        }
    }

    private Kill kill(RealCluster cluster, String topic) throws IOException, InterruptedException {
        RealCluster.await(
                "one leader", PATIENCE, () -> cluster.leading(cluster.workers()).size() == 1);
        Service leader = cluster.leading(cluster.workers()).getFirst();
        List<Service> others =
                cluster.workers().stream().filter(worker -> worker != leader).toList();
        cluster.kill(leader);
        long killed = System.nanoTime();
        CompletableFuture<Double> elected =
                CompletableFuture.supplyAsync(() -> awaitLeader(cluster, others, killed));
        visible(cluster.session(), send(cluster.session(), topic, "after", 0));
        double applied = millisSince(killed);
        try {
            return new Kill(elected.get(PATIENCE.toSeconds(), TimeUnit.SECONDS), applied);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("no other member leads", e);
        }
    }

    private static double awaitLeader(RealCluster cluster, List<Service> others, long killed) {
        try {
            RealCluster.await("another leader", PATIENCE, () -> !cluster.leading(others).isEmpty());
            return millisSince(killed);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Starts the killed worker; returns when its replica has what is in the log now. */
    private void bringBack(RealCluster cluster, String topic)
            throws IOException, InterruptedException {
        cluster.startMissing();
        long wanted = send(cluster.session(), topic, "after", 0).offset() + 1;
        RealCluster.await(
                "all members have all",
                PATIENCE,
                () -> cluster.workers().stream().allMatch(worker -> has(cluster, worker, wanted)));
    }

    private static boolean has(RealCluster cluster, Service worker, long position) {
        try {
            return cluster.replicas(worker).stream().anyMatch(it -> it.getPosition() >= position);
        } catch (StatusRuntimeException e) {
            return false; // its channel has not noticed yet that it is back
        }
    }

    private void visible(Session session, RecordMetadata written) {
        session.searchAtLeast(NAME, vectors.rows().row(0), List.of(written), PATIENCE);
    }

    private RecordMetadata send(Session session, String topic, String id, int row)
            throws IOException, InterruptedException {
        try {
            return session.producer()
                    .send(Session.record(topic, id, vectors.rows().row(row)))
                    .get();
        } catch (ExecutionException e) {
            throw new IOException("Kafka refused a record", e.getCause());
        }
    }

    private Measurement measurement(List<Kill> results, Load load) {
        Percentiles applied =
                new Percentiles(results.stream().mapToDouble(Kill::applied).toArray());
        Percentiles elected =
                new Percentiles(results.stream().mapToDouble(Kill::elected).toArray());
        String failure = load.failure();
        if (failure != null) {
            screen.line("failover: the first failure: " + failure);
        }
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put("failover_ms_p50", applied.at(0.5));
        metrics.put("failover_ms_max", applied.max());
        metrics.put("failed_searches", (double) load.failedSearches());
        metrics.put("refused_writes", (double) load.refusedWrites());
        metrics.put("searches", (double) load.searches());
        metrics.put("elected_ms_p50", elected.at(0.5));
        metrics.put("elected_ms_max", elected.max());
        Map<String, String> params = new LinkedHashMap<>();
        params.put("kills", "" + kills);
        params.put("searches_per_s", "" + RATES.searchThreads() * RATES.searchesPerSecond());
        params.put("writes_per_s", "" + RATES.writesPerSecond());
        return new Measurement(ClusterBench.NAME, NAME, "vectron", vectors.name(), params, metrics);
    }

    private static double millisSince(long nanos) {
        return (System.nanoTime() - nanos) / 1e6;
    }
}
