package io.vectron.standalone.run;

import io.vectron.common.manage.ManagementConfig;
import io.vectron.common.rpc.Address;
import io.vectron.common.rpc.Channels;
import io.vectron.common.rpc.ViewWatcher;
import io.vectron.gateway.Gateway;
import io.vectron.gateway.config.GatewayConfig;
import io.vectron.gateway.config.KafkaConfig;
import io.vectron.ingest.config.IngestConfig;
import io.vectron.ingest.job.IngestJob;
import io.vectron.placement.PlacementNode;
import io.vectron.placement.config.KafkaSettings;
import io.vectron.placement.config.PlacementConfig;
import io.vectron.standalone.broker.BrokerConfig;
import io.vectron.standalone.broker.EmbeddedBroker;
import io.vectron.standalone.broker.ExternalKafka;
import io.vectron.standalone.flink.EmbeddedFlink;
import io.vectron.standalone.flink.FlinkConfig;
import io.vectron.standalone.flink.KeptJob;
import io.vectron.standalone.port.Part;
import io.vectron.standalone.port.PortLayout;
import io.vectron.worker.ServingWorker;
import io.vectron.worker.config.WorkerConfig;
import io.vectron.worker.config.WorkerConfig.Identity;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A whole Vectron in this process: broker, Flink cluster with the ingest job, placement, one worker
 * and the gateway. They are the parts that a cluster is made of, and speak to each other over the
 * same ports; nothing is short-circuited.
 */
public final class Standalone implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Standalone.class);
    private static final int TASKS = 1;
    private static final Duration JOB_DEADLINE = Duration.ofMinutes(1);
    private static final Duration STRAGGLE_LIMIT = Duration.ofSeconds(15);
    private static final Duration REGISTRATION_DEADLINE = Duration.ofSeconds(30);

    private final StandaloneConfig config;
    private final DataFolder folder;
    private final Pieces pieces = new Pieces();
    private final StartTimes startTimes;

    private Standalone(StandaloneConfig config, DataFolder folder) throws RefusedException {
        this.config = config;
        this.folder = folder;
        long began = System.nanoTime();
        startPieces();
        startTimes = new StartTimes(pieces.times(), Duration.ofNanos(System.nanoTime() - began));
    }

    /**
     * Starts everything and returns when points can be written and searched.
     *
     * @param folder the data folder; closed with what is returned, and on failure
     * @throws RefusedException if a port is taken or a part cannot start; what had started is
     *     stopped again
     */
    public static Standalone start(StandaloneConfig config, DataFolder folder)
            throws IOException, RefusedException {
        try {
            checkPorts(config);
            return new Standalone(config, folder);
        } catch (RefusedException | RuntimeException e) {
            folder.close();
            throw e;
        }
    }

    /** Where the parts listen. */
    public PortLayout ports() {
        return config.ports();
    }

    /** Where Kafka listens: our own broker, or that of somebody else. */
    public String bootstrapServers() {
        return config.bootstrapServers();
    }

    /** Folder that everything lies in. */
    public Path folder() {
        return folder.root();
    }

    /** How long each part took to start. */
    public StartTimes startTimes() {
        return startTimes;
    }

    /** Stops all parts in order, at most some 10 s, and lets go of the folder. Idempotent. */
    @Override
    public void close() throws IOException {
        close(piece -> {});
    }

    /** As {@link #close()}; {@code stopped} is told of each piece. */
    public void close(Consumer<Piece> stopped) throws IOException {
        pieces.stop(stopped);
        folder.close();
    }

    private static void checkPorts(StandaloneConfig config) throws RefusedException {
        PortLayout ports = config.ports();
        List<Part> taken = new ArrayList<>(ports.taken());
        taken.remove(Part.FLINK_RPC); // within one process Flink needs none
        if (config.externalKafka() != null) {
            taken.removeAll(List.of(Part.KAFKA, Part.KAFKA_CONTROLLER));
        }
        if (!taken.isEmpty()) {
            String which =
                    taken.stream()
                            .map(part -> ports.port(part) + " (" + part + ")")
                            .collect(Collectors.joining(", "));
            throw new RefusedException(
                    "in use by another program: port "
                            + which
                            + "; choose other ports with --port-base");
        }
    }

    /** Starts each piece as soon as what it needs is there. */
    private void startPieces() throws RefusedException {
        CompletableFuture<AutoCloseable> broker = pieces.start(Piece.BROKER, this::broker);
        CompletableFuture<EmbeddedFlink> flink = pieces.start(Piece.FLINK, this::flink);
        CompletableFuture<PlacementNode> placement = pieces.start(Piece.PLACEMENT, this::placement);
        CompletableFuture<ServingWorker> worker =
                pieces.start(Piece.WORKER, this::worker, placement);
        CompletableFuture<KeptJob> job =
                pieces.start(Piece.JOB, () -> job(flink.join()), broker, placement, flink);
        CompletableFuture<Gateway> gateway =
                pieces.start(Piece.GATEWAY, this::gateway, broker, placement);
        CompletableFuture<Void> registered =
                CompletableFuture.allOf(worker, placement).thenRunAsync(this::awaitWorker);
        CompletableFuture<Void> failed = new CompletableFuture<>();
        CompletableFuture<?>[] all =
                Stream.of(broker, flink, placement, worker, job, gateway, registered)
                        .map(piece -> piece.whenComplete((done, failure) -> tell(failed, failure)))
                        .toArray(CompletableFuture[]::new);
        CompletableFuture<Void> ended = CompletableFuture.allOf(all);
        try {
            CompletableFuture.anyOf(ended, failed).join();
        } catch (CompletionException e) {
            pieces.stop(piece -> {});
            awaitStragglers(ended);
            throw new RefusedException(reason(e), e);
        }
    }

    /** Pieces that were still starting close themselves as soon as they have started. */
    private static void awaitStragglers(CompletableFuture<Void> ended) {
        boolean inTime =
                ended.handle((done, failure) -> true)
                        .completeOnTimeout(false, STRAGGLE_LIMIT.toMillis(), TimeUnit.MILLISECONDS)
                        .join();
        if (!inTime) {
            log.warn("some pieces still start after {} s", STRAGGLE_LIMIT.toSeconds());
        }
    }

    private static void tell(CompletableFuture<Void> failed, @Nullable Throwable failure) {
        if (failure != null) {
            failed.completeExceptionally(failure);
        }
    }

    private static String reason(CompletionException failure) {
        Throwable cause = failure.getCause();
        String message = cause == null ? null : cause.getMessage();
        return message == null ? failure.toString() : message;
    }

    /** Until placement knows the worker, it has nobody to give a collection's shards to. */
    private void awaitWorker() {
        CompletableFuture<Void> known = new CompletableFuture<>();
        try (Channels channels = new Channels();
                ViewWatcher watcher =
                        new ViewWatcher(channels, List.of(placementAddress()), "standalone")) {
            watcher.addListener(view -> {
                if (view.getWorkersCount() > 0) {
                    known.complete(null);
                }
            });
            watcher.start();
            known.orTimeout(REGISTRATION_DEADLINE.toMillis(), TimeUnit.MILLISECONDS).join();
        } catch (CompletionException e) {
            throw new IllegalStateException("placement does not know the worker", e);
        }
    }

    private AutoCloseable broker() throws IOException, InterruptedException {
        if (config.externalKafka() != null) {
            return ExternalKafka.find(config.externalKafka(), folder.root());
        }
        ExternalKafka.requireNone(folder.root());
        PortLayout ports = config.ports();
        return EmbeddedBroker.start(
                new BrokerConfig(
                        folder.root().resolve("kafka"),
                        ports.port(Part.KAFKA),
                        ports.port(Part.KAFKA_CONTROLLER),
                        config.brokerOverrides()));
    }

    private EmbeddedFlink flink() throws IOException {
        return EmbeddedFlink.start(
                new FlinkConfig(
                        folder.root().resolve("flink"), config.ports().port(Part.FLINK), TASKS));
    }

    private PlacementNode placement() throws Exception {
        KafkaSettings kafka =
                KafkaSettings.at(config.bootstrapServers())
                        .withTopicOverrides(config.topicOverrides());
        PlacementNode node =
                new PlacementNode(
                        PlacementConfig.single(
                                        folder.root().resolve("placement"),
                                        PortLayout.HOST,
                                        config.ports().port(Part.PLACEMENT),
                                        config.ports().port(Part.PLACEMENT_RAFT),
                                        kafka)
                                .withManagement(management(Part.PLACEMENT_MANAGEMENT)));
        node.start();
        return node;
    }

    private ServingWorker worker() throws Exception {
        Identity identity =
                new Identity(
                        "worker-1",
                        PortLayout.HOST,
                        config.ports().port(Part.WORKER),
                        config.ports().port(Part.WORKER_RAFT),
                        "");
        Path workerFolder = folder.root().resolve("worker");
        ServingWorker worker =
                new ServingWorker(
                        WorkerConfig.of(identity, workerFolder, placementAddress())
                                .withManagement(management(Part.WORKER_MANAGEMENT)));
        worker.start();
        return worker;
    }

    private KeptJob job(EmbeddedFlink flink) throws IOException {
        IngestConfig ingest =
                IngestConfig.of(
                        config.bootstrapServers(), config.ports().address(Part.PLACEMENT), TASKS);
        KeptJob job = flink.keep(() -> new IngestJob(ingest).jobGraph());
        job.awaitRunning(JOB_DEADLINE);
        return job;
    }

    private Gateway gateway() throws Exception {
        Gateway gateway =
                new Gateway(
                        GatewayConfig.of(
                                        PortLayout.HOST,
                                        config.ports().port(Part.GATEWAY),
                                        config.ports().port(Part.GATEWAY_REST),
                                        new KafkaConfig(config.bootstrapServers(), Map.of()),
                                        placementAddress())
                                .withManagement(management(Part.GATEWAY_MANAGEMENT)));
        gateway.start();
        return gateway;
    }

    private ManagementConfig management(Part part) {
        return new ManagementConfig(PortLayout.HOST, config.ports().port(part));
    }

    private Address placementAddress() {
        return new Address(PortLayout.HOST, config.ports().port(Part.PLACEMENT));
    }
}
