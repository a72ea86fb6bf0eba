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
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Broker, Flink with the job, placement, a gateway and two workers that stop one by one. */
final class TwoWorkers implements AutoCloseable {
    private final Path folder;
    private final PortLayout ports = PortLayout.free();
    private final PortLayout secondPorts = apartFrom(ports);
    private final Deque<AutoCloseable> parts = new ArrayDeque<>(); // last started first
    private final ServingWorker[] workers = new ServingWorker[2];
    private final Client client;

    private TwoWorkers(Path folder) throws Exception {
        this.folder = folder;
        try {
            startParts();
            client = opened(new Client(ports));
        } catch (Exception e) {
            close();
            throw e;
        }
    }

    static TwoWorkers start(Path folder) throws Exception {
        return new TwoWorkers(folder);
    }

    Client client() {
        return client;
    }

    PortLayout ports() {
        return ports;
    }

    /** Name of the first or second worker, as placement knows it. */
    static String nameOf(int worker) {
        return "worker-" + (worker + 1);
    }

    /** Stops a worker, 0 or 1, with its server and its shards. */
    void stopWorker(int worker) throws Exception {
        workers[worker].close();
    }

    /** Starts a worker on the folder and the ports that it had. */
    void startWorker(int worker) throws Exception {
        PortLayout own = worker == 0 ? ports : secondPorts;
        Identity identity =
                new Identity(
                        nameOf(worker),
                        PortLayout.HOST,
                        own.port(Part.WORKER),
                        own.port(Part.WORKER_RAFT),
                        "");
        ServingWorker started =
                new ServingWorker(
                        WorkerConfig.of(identity, folder.resolve(nameOf(worker)), placement()));
        started.start();
        workers[worker] = started;
    }

    private void startParts() throws Exception {
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
                                        KafkaSettings.at(ports.address(Part.KAFKA)))));
        placement.start();
        for (int worker = 0; worker < workers.length; worker++) {
            startWorker(worker);
            int which = worker;
            opened(() -> workers[which].close());
        }
        awaitWorkers();
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

    /** Until placement knows both, a collection would go to one of them. */
    private void awaitWorkers() throws Exception {
        CompletableFuture<Void> known = new CompletableFuture<>();
        try (Channels channels = new Channels();
                ViewWatcher watcher = new ViewWatcher(channels, List.of(placement()), "test")) {
            watcher.addListener(view -> {
                if (view.getWorkersCount() == workers.length) {
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

    /** Free ports of which none is among these. */
    private static PortLayout apartFrom(PortLayout others) throws IOException {
        PortLayout free = PortLayout.free();
        while (free.ports().values().stream().anyMatch(others.ports()::containsValue)) {
            free = PortLayout.free();
        }
        return free;
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
