package io.vectron.bench.cluster;

import io.vectron.bench.cluster.process.Figures;
import io.vectron.bench.cluster.process.Load;
import io.vectron.bench.cluster.process.RealCluster;
import io.vectron.bench.report.Measurement;
import io.vectron.bench.report.Percentiles;
import io.vectron.bench.run.Session;
import io.vectron.bench.run.Vectors;
import io.vectron.cli.terminal.Progress;
import io.vectron.cli.terminal.Screen;
import io.vectron.proto.log.v1.Metric;
import io.vectron.proto.worker.v1.ReplicaStatus;
import io.vectron.standalone.cluster.Service;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;

/**
 * One of four workers is lost for good, and the one that held nothing gets its replica while
 * searches and writes go on. Searches between the loss and the repair are what those during the
 * repair are compared with.
 */
final class NewMemberCase {
    private static final String NAME = "new-member";
    private static final int WORKERS = 4;
    private static final int REPLICAS = 3;
    private static final Load.Rates RATES = new Load.Rates(2, 50, 50, 1_000);
    private static final Duration LOADED = Duration.ofHours(1);
    private static final Duration JOINED = Duration.ofMinutes(15);
    private static final int WARM_UP_SECONDS = 20;
    private static final int BASELINE_SECONDS = 60;

    /** Time for the two above, and as much again: what is compared must be over by then. */
    private static final Duration DEAD_AFTER = Duration.ofMinutes(2);

    private static final int UNACKNOWLEDGED = 20_000;

    private final Path scratch;
    private final Vectors vectors;
    private final int points;
    private final Screen screen;

    NewMemberCase(Path scratch, Vectors vectors, int megabytes, Screen screen) {
        this.scratch = scratch;
        this.vectors = vectors;
        this.points =
                Math.toIntExact(Math.max(1, megabytes * 1_000_000L / (4L * vectors.dimension())));
        this.screen = screen;
    }

    /** Loads the shard, loses a worker, and looks at the searches meanwhile. */
    Measurement measure() throws IOException, InterruptedException {
        screen.line("new-member: starting a cluster of " + WORKERS + " workers");
        try (RealCluster cluster =
                RealCluster.start(
                        scratch.resolve(NAME),
                        WORKERS,
                        Map.of(
                                "VECTRON_PLACEMENT_REPAIR_DEAD_AFTER",
                                DEAD_AFTER.toSeconds() + "s"))) {
            String topic =
                    cluster.session()
                            .create(NAME, vectors.dimension(), Metric.METRIC_COSINE, 1, REPLICAS)
                            .getFacts()
                            .getTopic();
            load(cluster.session(), topic);
            awaitSealed(cluster);
            Service joining =
                    cluster.workers().stream()
                            .filter(worker -> cluster.replicas(worker).isEmpty())
                            .findFirst()
                            .orElseThrow(() -> new IOException("no worker is without a replica"));
            try (Load load = new Load(cluster.session(), NAME, topic, vectors, RATES)) {
                return replace(cluster, joining, load);
            }
        }
    }

    private Measurement replace(RealCluster cluster, Service joining, Load load)
            throws IOException, InterruptedException {
        List<Service> leaders = cluster.leading(holders(cluster, joining));
        Service lost =
                holders(cluster, joining).stream()
                        .filter(worker -> !leaders.contains(worker))
                        .findFirst()
                        .orElseThrow(() -> new IOException("no member follows"));
        List<Service> left =
                holders(cluster, joining).stream().filter(worker -> worker != lost).toList();
        cluster.kill(lost);
        long killed = System.nanoTime();
        long from = killed + Duration.ofSeconds(WARM_UP_SECONDS).toNanos();
        long to = from + Duration.ofSeconds(BASELINE_SECONDS).toNanos();
        screen.status("new-member: searches without the repair");
        RealCluster.await("the join begins", JOINED, () -> !cluster.replicas(joining).isEmpty());
        long began = System.nanoTime();
        if (began < to) {
            throw new IOException("the join began before there was anything to compare with");
        }
        screen.status("new-member: searches beside the repair");
        RealCluster.await(
                "the new member has what the others have",
                JOINED,
                () -> caughtUp(cluster, joining, left));
        long joined = System.nanoTime();
        screen.clearStatus();
        Percentiles before = new Percentiles(load.millis(from, to));
        Percentiles during = new Percentiles(load.millis(began, joined));
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put("p99_ms_before", before.at(0.99));
        metrics.put("p99_ms_during", during.at(0.99));
        metrics.put("p99_ratio", during.at(0.99) / before.at(0.99));
        metrics.put("join_seconds", (joined - began) / 1e9);
        metrics.put("failed_searches", (double) load.failedSearches());
        metrics.putAll(graphs(cluster, joining, load));
        Map<String, String> params = new LinkedHashMap<>();
        params.put("points", "" + points);
        params.put("searches_per_s", "" + RATES.searchThreads() * RATES.searchesPerSecond());
        params.put("writes_per_s", "" + RATES.writesPerSecond());
        return new Measurement(ClusterBench.NAME, NAME, "vectron", vectors.name(), params, metrics);
    }

    private static List<Service> holders(RealCluster cluster, Service joining) {
        return cluster.workers().stream().filter(worker -> worker != joining).toList();
    }

    /** Whether it answers, and is no further behind than the others are behind one another. */
    private static boolean caughtUp(RealCluster cluster, Service joining, List<Service> others) {
        @Nullable ReplicaStatus own = replica(cluster, joining);
        if (own == null || !own.getCondition().hasRunning() || own.getVotersCount() < REPLICAS) {
            return false;
        }
        long position = own.getPosition();
        return others.stream()
                .map(worker -> replica(cluster, worker))
                .allMatch(other ->
                        other != null && other.getPosition() - position < RATES.writesPerSecond());
    }

    private static @Nullable ReplicaStatus replica(RealCluster cluster, Service worker) {
        List<ReplicaStatus> all = cluster.replicas(worker);
        return all.isEmpty() ? null : all.getFirst();
    }

    /**
     * Rows that the new member put into graphs itself. Those that its snapshot had in no file yet,
     * and those written since, have to be; any more were in files, whose graphs came with them.
     */
    private Map<String, Double> graphs(RealCluster cluster, Service joining, Load load)
            throws IOException, InterruptedException {
        ReplicaStatus own = replica(cluster, joining);
        if (own == null) {
            throw new IOException("the new member has gone");
        }
        double inserted =
                Figures.metric(
                        cluster.management(joining),
                        "vectron_worker_shard_graph_inserts",
                        "collection=\"" + NAME + "\"");
        double inMemory = own.getRows() - own.getSealedRows();
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put("sealed_rows", (double) own.getSealedRows());
        metrics.put("graph_inserts", inserted);
        metrics.put("rebuilt_rows", Math.max(0, inserted - inMemory));
        metrics.put("writes", (double) load.writes());
        return metrics;
    }

    private void load(Session session, String topic) throws IOException, InterruptedException {
        Progress progress = new Progress(screen, "new-member: loading", 0, points);
        RecordMetadata last = null;
        for (int i = 0; i < points; i++) {
            var sent =
                    session.producer().send(Session.record(topic, "p" + i, vectors.rows().row(i)));
            if (i % UNACKNOWLEDGED == UNACKNOWLEDGED - 1 || i == points - 1) {
                try {
                    last = sent.get();
                } catch (ExecutionException e) {
                    throw new IOException("Kafka refused a record", e.getCause());
                }
                session.searchAtLeast(NAME, vectors.rows().row(0), List.of(last), LOADED);
                progress.at(i + 1L, "");
            }
        }
        progress.end();
    }

    /** The members have the same and nothing is left to do, but for what is not enough to seal. */
    private void awaitSealed(RealCluster cluster) throws IOException, InterruptedException {
        screen.status("new-member: waiting for graphs and files");
        RealCluster.await(
                "graphs and files",
                LOADED,
                () ->
                        cluster.workers().stream()
                                .flatMap(worker -> cluster.replicas(worker).stream())
                                .allMatch(it ->
                                        it.getPosition() >= points
                                                && it.getFrozenSegments() == 0
                                                && it.getRows() - it.getGraphRows() < 4_096));
        screen.clearStatus();
    }
}
