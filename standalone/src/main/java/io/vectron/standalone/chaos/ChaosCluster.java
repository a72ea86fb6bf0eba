package io.vectron.standalone.chaos;

import io.vectron.standalone.cluster.Cluster;
import io.vectron.standalone.cluster.ClusterHold;
import io.vectron.standalone.cluster.ClusterPlace;
import io.vectron.standalone.cluster.Service;
import io.vectron.standalone.cluster.ServiceState;
import io.vectron.standalone.port.Part;
import io.vectron.standalone.process.Processes;
import io.vectron.standalone.process.StartedProcess;
import io.vectron.standalone.run.DataFolder;
import io.vectron.standalone.run.RefusedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A cluster of processes to which faults are done. Faults by one thread; {@link #close} by any, it
 * waits for what is being done and lets nothing begin afterwards.
 */
public final class ChaosCluster implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofMinutes(4);
    private static final List<Service> WORKERS =
            List.of(
                    Service.WORKER,
                    Service.WORKER_2,
                    Service.WORKER_3,
                    Service.WORKER_4,
                    Service.WORKER_5);

    private final ClusterPlace place;
    private final Cluster cluster;
    private final @Nullable Network network;
    private final @Nullable Disk disk;
    private final Map<FaultKind, String> impossible;
    private final AtomicIntegerArray starts = new AtomicIntegerArray(Part.WORKERS);
    private volatile boolean closed; // set by this

    private ChaosCluster(
            ClusterPlace place,
            @Nullable Network network,
            @Nullable Disk disk,
            Map<FaultKind, String> impossible) {
        this.place = place;
        this.network = network;
        this.disk = disk;
        this.impossible = Map.copyOf(impossible);
        Map<Service, List<String>> launchers = new EnumMap<>(Service.class);
        if (network != null) {
            for (int worker = 0; worker < place.workers(); worker++) {
                launchers.put(WORKERS.get(worker), network.launcher(worker));
            }
        }
        this.cluster = Cluster.at(place, launchers);
    }

    /**
     * Prepares a cluster in an empty folder; starts nothing yet.
     *
     * @param kinds faults that are wanted
     */
    public static ChaosCluster prepare(ClusterPlace place, List<FaultKind> kinds)
            throws IOException, RefusedException {
        // Marks the folder as ours, before anything else lies in it.
        ClusterHold.takeUnused(place.data()).close();
        Map<FaultKind, String> impossible = new TreeMap<>();
        Network network = null;
        Disk disk = null;
        if (Network.isOwn()) {
            Network.up();
        }
        if (kinds.contains(FaultKind.CUT)) {
            try {
                Network.requirePassable(place.data());
                network = Network.open();
            } catch (IOException e) {
                impossible.put(FaultKind.CUT, String.valueOf(e.getMessage()));
            }
        }
        if (kinds.contains(FaultKind.DISK)) {
            try {
                Path folder = place.folder(WORKERS.get(place.workers() - 1));
                disk = Disk.mount(place.data().resolve("disk.img"), folder);
            } catch (IOException e) {
                impossible.put(FaultKind.DISK, String.valueOf(e.getMessage()));
            }
        }
        return new ChaosCluster(place, network, disk, impossible);
    }

    /** Faults that cannot be done here, with the reason. */
    public Map<FaultKind, String> impossible() {
        return impossible;
    }

    /** Where it lies and listens. */
    public ClusterPlace place() {
        return place;
    }

    /** Number of its workers. */
    int workers() {
        return place.workers();
    }

    /** The worker, counted from 0, whose disk can be frozen. */
    int frozenWorker() {
        return place.workers() - 1;
    }

    /** Starts what does not run, and waits until all can serve. */
    public void start(Consumer<Service> told) throws IOException, RefusedException {
        place.write();
        for (int worker = 0; worker < place.workers(); worker++) {
            starts.incrementAndGet(worker);
        }
        start(place.services(), told);
    }

    private synchronized void start(List<Service> services, Consumer<Service> told)
            throws IOException, RefusedException {
        requireOpen();
        try (DataFolder _ = ClusterHold.take(place.data())) {
            cluster.start(services, LIMIT, told);
        }
    }

    /** Changes with each start of a worker's process. */
    String incarnation(int worker) {
        return "start " + starts.get(worker);
    }

    /** The service of a worker, counted from 0. */
    static Service worker(int number) {
        return WORKERS.get(number);
    }

    /** kill -9; returns when the process is gone. */
    synchronized void kill(Service service) throws IOException {
        requireOpen();
        StartedProcess process = process(service);
        if (WORKERS.contains(service)) {
            starts.incrementAndGet(WORKERS.indexOf(service));
        }
        Processes.kill(process);
        if (!Processes.awaitEnd(process, service.stopLimit())) {
            throw new IOException(service + " cannot be killed");
        }
    }

    /** Starts a killed service, and waits until it can serve. */
    void restart(Service service) throws IOException, RefusedException {
        start(List.of(service), any -> {});
    }

    synchronized void suspend(Service service) throws IOException {
        requireOpen();
        Processes.suspend(process(service));
    }

    synchronized void resume(Service service) throws IOException {
        Processes.resume(process(service));
    }

    /** Deletes all that a killed worker kept, but for its logs and what says how to start it. */
    synchronized void wipe(Service service) throws IOException {
        requireOpen();
        try (Stream<Path> files = Files.list(place.folder(service))) {
            for (Path file : files.toList()) {
                String name = String.valueOf(file.getFileName());
                if (Files.isDirectory(file) && !name.equals("logs")) {
                    delete(file);
                } else if (Files.isRegularFile(file) && !isOfTheProcess(name)) {
                    Files.delete(file);
                }
            }
        }
    }

    private static boolean isOfTheProcess(String name) {
        return name.endsWith(".process") || name.endsWith(".pid") || name.endsWith(".args");
    }

    synchronized void cut(int worker) throws IOException {
        requireOpen();
        if (network == null) {
            throw new IllegalStateException("no network of its own");
        }
        Part.WorkerParts parts = Part.worker(worker + 1);
        network.cut(
                worker,
                Stream.of(parts.grpc(), parts.raft(), parts.management())
                        .map(place.ports()::port)
                        .toList());
    }

    synchronized void heal(int worker) throws IOException {
        if (network != null) {
            network.heal(worker);
        }
    }

    synchronized void freeze() throws IOException {
        requireOpen();
        if (disk == null) {
            throw new IllegalStateException("no disk of its own");
        }
        disk.freeze();
    }

    synchronized void thaw() throws IOException {
        if (disk != null) {
            disk.thaw();
        }
    }

    /** What is not ready, with the reason; "" if all are. */
    String lacks() throws IOException {
        List<String> lacks = new ArrayList<>();
        for (ServiceState state : cluster.status()) {
            if (!state.ready()) {
                lacks.add(state.service() + ": " + state.notReady());
            }
        }
        return String.join(", ", lacks);
    }

    /** Whether it is ended, or being ended. */
    public boolean closed() {
        return closed;
    }

    /** Ends all faults and all processes. Idempotent. */
    @Override
    public synchronized void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        for (int worker = 0; worker < place.workers(); worker++) {
            heal(worker);
        }
        thaw();
        for (Service service : cluster.running()) {
            resume(service);
        }
        try (DataFolder _ = ClusterHold.take(place.data())) {
            cluster.stop(List.of(Service.values()), (service, killed) -> {});
        } catch (RefusedException e) {
            throw new IOException("the cluster could not be stopped", e);
        }
        if (disk != null) {
            disk.close();
        }
    }

    private StartedProcess process(Service service) throws IOException {
        StartedProcess process = cluster.process(service);
        if (process == null) {
            throw new IOException(service + " was never started");
        }
        return process;
    }

    private void requireOpen() throws IOException {
        if (closed) {
            throw new IOException("the cluster is being stopped");
        }
    }

    /** Removes a folder with all that is in it. */
    public static void delete(Path folder) throws IOException {
        List<Path> deepestFirst;
        try (Stream<Path> files = Files.walk(folder)) {
            deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path file : deepestFirst) {
            Files.delete(file);
        }
    }
}
