package io.vectron.standalone.command;

import io.vectron.cli.terminal.JsonLine;
import io.vectron.cli.terminal.Screen;
import io.vectron.cli.terminal.Style;
import io.vectron.standalone.broker.ExternalKafka;
import io.vectron.standalone.cluster.Brokers;
import io.vectron.standalone.cluster.Cluster;
import io.vectron.standalone.cluster.ClusterHold;
import io.vectron.standalone.cluster.ClusterPlace;
import io.vectron.standalone.cluster.Service;
import io.vectron.standalone.port.PortLayout;
import io.vectron.standalone.run.DataFolder;
import io.vectron.standalone.run.RefusedException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** {@code ./vectron up --cluster}. */
final class ClusterUp {
    private static final Duration LIMIT = Duration.ofMinutes(3);

    private final Path data;
    private final PlaceOptions options;
    private final @Nullable Integer workers;
    private final @Nullable Integer brokers;
    private final Screen screen;

    /**
     * @param workers number of workers; null for as many as there are
     * @param brokers number of brokers; null for as many as there are
     */
    ClusterUp(
            Path data,
            PlaceOptions options,
            @Nullable Integer workers,
            @Nullable Integer brokers,
            Screen screen) {
        this.data = data;
        this.workers = workers;
        this.brokers = brokers;
        this.options = options;
        this.screen = screen;
    }

    /**
     * Starts what does not run yet and leaves it running.
     *
     * @param foreground stay until the process is told to stop, and stop everything then
     */
    int run(boolean foreground) throws IOException, RefusedException, InterruptedException {
        long began = System.nanoTime();
        Cluster cluster;
        List<Service> before;
        try (DataFolder held = ClusterHold.take(data)) {
            cluster = Cluster.at(place(held.root()));
            before = cluster.running();
            start(cluster, before);
        }
        report(cluster, before, Duration.ofNanos(System.nanoTime() - began));
        if (!foreground) {
            String folder = data.equals(Path.of("data")) ? "" : " --data " + data;
            screen.line(
                    "the processes go on running; ./vectron stop"
                            + folder
                            + " ends them,"
                            + " ./vectron status"
                            + folder
                            + " and ./vectron logs"
                            + folder
                            + " show them");
            return 0;
        }
        return stay(cluster);
    }

    /** Where a running cluster listens is settled; one that does not run may move. */
    private ClusterPlace place(Path root)
            throws IOException, RefusedException, InterruptedException {
        @Nullable ClusterPlace known = ClusterPlace.read(root);
        @Nullable PortLayout wanted = options.portsIfGiven();
        @Nullable String kafka = options.kafkaIfGiven();
        if (known != null && !Cluster.at(known).running().isEmpty()) {
            if (wanted != null && !options.anyPorts() && !wanted.equals(known.ports())) {
                throw new RefusedException(
                        "the cluster in "
                                + root
                                + " runs with other ports; stop it first, or leave out"
                                + " --port-base");
            }
            if (kafka != null && !kafka.equals(known.externalKafka())) {
                throw new RefusedException(
                        "the cluster in "
                                + root
                                + " runs with Kafka at "
                                + known.kafka()
                                + "; stop it first, or leave out --kafka");
            }
            var _ = brokers(known);
            ClusterPlace grown = known.withWorkers(workers(known));
            grown.write();
            return grown;
        }
        checkKafka(root, kafka);
        PortLayout ports = wanted == null ? PortLayout.defaults() : wanted;
        ClusterPlace place =
                new ClusterPlace(root, ports, workers(known), kafka).withBrokers(brokers(known));
        place.write();
        return place;
    }

    /** They may become more at any time; replicas may be all that a further one had. */
    private int workers(@Nullable ClusterPlace known) throws RefusedException {
        int before = known == null ? 1 : known.workers();
        int wanted = workers == null ? before : workers;
        if (wanted < before) {
            throw new RefusedException(
                    "the cluster in "
                            + data
                            + " has "
                            + before
                            + " workers, which hold its shards; it cannot go on with "
                            + wanted);
        }
        return wanted;
    }

    /** Settled at the first start: topics have as many copies as there were brokers then. */
    private Brokers brokers(@Nullable ClusterPlace known) throws RefusedException {
        if (brokers == null || (known != null && known.brokers().count() == brokers)) {
            return known == null ? Brokers.ONE : known.brokers();
        }
        if (known != null) {
            throw new RefusedException(
                    "the cluster in "
                            + data
                            + " has "
                            + (known.brokers().count() == 1 ? "1 broker" : "3 brokers")
                            + ", as it was first started; begin another folder with --data");
        }
        return Brokers.of(brokers);
    }

    /** What lies in a folder belongs to one Kafka. */
    private static void checkKafka(Path root, @Nullable String kafka)
            throws RefusedException, InterruptedException {
        try {
            if (kafka == null) {
                ExternalKafka.requireNone(root);
            } else {
                ExternalKafka.find(kafka, root).close();
            }
        } catch (IOException e) {
            throw new RefusedException(String.valueOf(e.getMessage()), e);
        }
    }

    private void start(Cluster cluster, List<Service> before) throws IOException, RefusedException {
        List<Service> all = cluster.place().services();
        List<String> ready = new ArrayList<>();
        if (before.size() < all.size()) {
            screen.line("starting processes in " + cluster.place().data());
        }
        try {
            cluster.start(
                    all,
                    LIMIT,
                    service -> {
                        ready.add(service.toString());
                        screen.status("ready: " + String.join(", ", ready));
                    });
        } finally {
            screen.clearStatus();
        }
    }

    private void report(Cluster cluster, List<Service> before, Duration took) throws IOException {
        ClusterReport report = new ClusterReport(cluster.place(), cluster.status());
        boolean nothingNew = before.size() == cluster.place().services().size();
        if (options.json()) {
            screen.results(
                    List.of(
                            JsonLine.of(json -> {
                                json.writeStringField("event", "ready");
                                json.writeNumberField("seconds", took.toMillis() / 1e3);
                                json.writeBooleanField("already_running", nothingNew);
                                report.write(json);
                            })));
            return;
        }
        screen.results(report.table());
        String ready =
                nothingNew
                        ? "all services run already"
                        : String.format(Locale.ROOT, "ready in %.1f s", took.toMillis() / 1e3);
        screen.results(List.of(Style.GREEN.of(ready) + ", " + report.memory() + " of memory"));
    }

    private int stay(Cluster cluster) throws InterruptedException {
        Runtime.getRuntime()
                .addShutdownHook(Thread.ofPlatform().name("stop").unstarted(() -> stop(cluster)));
        screen.line("Ctrl-C stops it");
        new CountDownLatch(1).await(); // until a signal ends the process
        return 0;
    }

    private void stop(Cluster cluster) {
        screen.line("stopping");
        try (DataFolder held = ClusterHold.take(cluster.place().data())) {
            cluster.stop(
                    List.of(Service.values()),
                    (service, killed) -> screen.line(service + (killed ? " killed" : " stopped")));
            screen.line("stopped in " + held.root());
        } catch (IOException | RefusedException e) {
            screen.line("vectron: stop went wrong: " + e.getMessage());
        }
    }
}
