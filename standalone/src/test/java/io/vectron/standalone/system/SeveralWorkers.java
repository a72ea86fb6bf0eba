package io.vectron.standalone.system;

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
import io.vectron.placement.config.RepairSettings;
import io.vectron.proto.worker.v1.ListReplicasRequest;
import io.vectron.proto.worker.v1.ReplicaStatus;
import io.vectron.proto.worker.v1.WorkerServiceGrpc;
import io.vectron.standalone.broker.BrokerConfig;
import io.vectron.standalone.broker.EmbeddedBroker;
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
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Broker, Flink with the job, placement, a gateway and workers that stop one by one. */
final class SeveralWorkers implements AutoCloseable {
    /** A worker that is away for a short time is not given up. */
    private static final RepairSettings QUICK =
            new RepairSettings(
                    Duration.ofSeconds(3),
                    Duration.ofMinutes(10),
                    Duration.ofMillis(100),
                    Duration.ofMillis(500));

    private final Path folder;
    private final RepairSettings repair;
    private final PortLayout ports = PortLayout.free();
    private final Deque<AutoCloseable> parts = new ArrayDeque<>(); // last started first
    private final @Nullable ServingWorker[] workers;
    private final Client client;

    private SeveralWorkers(Path folder, int count, RepairSettings repair) throws Exception {
        this.folder = folder;
        this.repair = repair;
        this.workers = new ServingWorker[Part.WORKERS];
        try {
            startParts(count);
            client = opened(new Client(ports));
        } catch (Exception e) {
            close();
            throw e;
        }
    }

    /**
     * @param count workers to start with, up to five
     */
    static SeveralWorkers start(Path folder, int count) throws Exception {
        return new SeveralWorkers(folder, count, QUICK);
    }

    /**
     * As {@link #start(Path, int)}, with a placement that gives a worker up after some time.
     */
    static SeveralWorkers start(Path folder, int count, Duration deadAfter) throws Exception {
        RepairSettings repair =
                new RepairSettings(QUICK.silent(), deadAfter, QUICK.look(), QUICK.pause());
        return new SeveralWorkers(folder, count, repair);
    }

    Client client() {
        return client;
    }

    PortLayout ports() {
        return ports;
    }

    /** Name of a worker, counted from 0, as placement knows it. */
    static String nameOf(int worker) {
        return "worker-" + (worker + 1);
    }

    /** Where a worker keeps everything. */
    Path folder(int worker) {
        return folder.resolve(nameOf(worker));
    }

    /** What a worker says about its replicas. */
    List<ReplicaStatus> replicas(int worker) {
        return WorkerServiceGrpc.newBlockingStub(
                        client.channels()
                                .to(
                                        new Address(
                                                PortLayout.HOST,
                                                ports.port(Part.worker(worker + 1).grpc()))))
                .withDeadlineAfter(Await.DEADLINE.toSeconds(), TimeUnit.SECONDS)
                .listReplicas(ListReplicasRequest.getDefaultInstance())
                .getReplicasList();
    }

    /** Stops a worker with its server and its shards. */
    void stopWorker(int worker) {
        ServingWorker running = workers[worker];
        if (running != null) {
            running.close();
        }
    }

    /** Starts a worker on the folder and the ports that it had. */
    void startWorker(int worker) throws Exception {
        startWorker(worker, false);
    }

    /** As {@link #startWorker(int)}, perhaps one for searches only. */
    void startWorker(int worker, boolean searchOnly) throws Exception {
        Part.WorkerParts own = Part.worker(worker + 1);
        Identity identity =
                new Identity(
                        nameOf(worker),
                        PortLayout.HOST,
                        ports.port(own.grpc()),
                        ports.port(own.raft()),
                        "",
                        searchOnly);
        ServingWorker started =
                new ServingWorker(
                        WorkerConfig.of(identity, folder(worker), placement())
                                .withHeartbeat(Duration.ofMillis(250)));
        started.start();
        if (workers[worker] == null) {
            opened(() -> stopWorker(worker));
        }
        workers[worker] = started;
    }

    private void startParts(int count) throws Exception {
        opened(
                EmbeddedBroker.start(
                        new BrokerConfig(
                                folder.resolve("kafka"),
                                ports.port(Part.KAFKA),
                                ports.port(Part.KAFKA_CONTROLLER),
                                Map.of())));
        EmbeddedFlink flink =
                opened(
                        EmbeddedFlink.start(
                                new FlinkConfig(
                                        folder.resolve("flink"), ports.port(Part.FLINK), 1)));
        PlacementNode placement =
                opened(
                        new PlacementNode(
                                PlacementConfig.single(
                                                folder.resolve("placement"),
                                                PortLayout.HOST,
                                                ports.port(Part.PLACEMENT),
                                                ports.port(Part.PLACEMENT_RAFT),
                                                KafkaSettings.at(ports.address(Part.KAFKA)))
                                        .withRepair(repair)));
        placement.start();
        for (int worker = 0; worker < count; worker++) {
            startWorker(worker);
        }
        awaitWorkers(count);
        IngestConfig ingest =
                IngestConfig.of(ports.address(Part.KAFKA), ports.address(Part.PLACEMENT), 1);
        KeptJob job = opened(flink.keep(() -> new IngestJob(ingest).jobGraph()));
        job.awaitRunning(Await.DEADLINE);
        Gateway gateway =
                opened(
                        new Gateway(
                                GatewayConfig.of(
                                        PortLayout.HOST,
                                        ports.port(Part.GATEWAY),
                                        ports.port(Part.GATEWAY_REST),
                                        new KafkaConfig(ports.address(Part.KAFKA), Map.of()),
                                        placement())));
        gateway.start();
    }

    /** Until placement knows all, a collection would go to some of them. */
    private void awaitWorkers(int count) throws Exception {
        CompletableFuture<Void> known = new CompletableFuture<>();
        try (Channels channels = new Channels();
                ViewWatcher watcher = new ViewWatcher(channels, List.of(placement()), "test")) {
            watcher.addListener(view -> {
                if (view.getWorkersCount() == count) {
                    known.complete(null);
                }
            });
            watcher.start();
            known.get(Await.DEADLINE.toSeconds(), TimeUnit.SECONDS);
        }
    }

    private <T extends AutoCloseable> T opened(T part) {
        parts.push(part);
        return part;
    }

    private Address placement() {
        return new Address(PortLayout.HOST, ports.port(Part.PLACEMENT));
    }

    @Override
    public void close() throws IOException {
        IOException failure = null;
        while (!parts.isEmpty()) {
            try {
                parts.pop().close();
            } catch (Exception e) {
                failure = new IOException("a part did not stop in order", e);
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
