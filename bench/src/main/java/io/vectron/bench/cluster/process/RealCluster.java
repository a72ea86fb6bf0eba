package io.vectron.bench.cluster.process;

import io.vectron.bench.run.Session;
import io.vectron.common.rpc.Address;
import io.vectron.common.rpc.Channels;
import io.vectron.proto.worker.v1.ListReplicasRequest;
import io.vectron.proto.worker.v1.ReplicaStatus;
import io.vectron.proto.worker.v1.Role;
import io.vectron.proto.worker.v1.WorkerServiceGrpc;
import io.vectron.standalone.cluster.Cluster;
import io.vectron.standalone.cluster.ClusterPlace;
import io.vectron.standalone.cluster.Service;
import io.vectron.standalone.cluster.ServiceState;
import io.vectron.standalone.port.Part;
import io.vectron.standalone.port.PortLayout;
import io.vectron.standalone.run.DataFolder;
import io.vectron.standalone.run.RefusedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * {@code ./vectron up --cluster} in a folder and on ports of its own, and a user of it. Used by one
 * thread, but for what says otherwise.
 */
public final class RealCluster implements AutoCloseable {
    private static final Duration START = Duration.ofMinutes(3);
    private static final Duration CALL = Duration.ofSeconds(10);
    private static final Duration LOOK = Duration.ofMillis(5);
    private static final List<Service> WORKERS =
            List.of(
                    Service.WORKER,
                    Service.WORKER_2,
                    Service.WORKER_3,
                    Service.WORKER_4,
                    Service.WORKER_5);

    private final ClusterPlace place;
    private final Cluster cluster;
    private final Channels channels = new Channels();
    private final Map<Service, Long> pids = new EnumMap<>(Service.class);

    /** Its processes would outlive a benchmark that is ended by Ctrl-C. */
    private final Thread stopAtExit =
            Thread.ofPlatform().name("cluster-stop").unstarted(this::stopAtExit);

    private final Session session;

    private RealCluster(ClusterPlace place) throws IOException {
        this.place = place;
        this.cluster = Cluster.at(place);
        Runtime.getRuntime().addShutdownHook(stopAtExit);
        try {
            startMissing();
        } catch (IOException | RuntimeException e) {
            Runtime.getRuntime().removeShutdownHook(stopAtExit);
            stop();
            throw e;
        }
        this.session = new Session(place.kafka(), place.ports().address(Part.GATEWAY));
    }

    /**
     * Starts it and returns when all can serve.
     *
     * @param data an empty folder
     * @param placement settings of placement, key → value
     * @throws IOException if it does not start; nothing of it runs then
     */
    public static RealCluster start(Path data, int workers, Map<String, String> placement)
            throws IOException {
        try (DataFolder held = DataFolder.openForProcesses(data)) {
            ClusterPlace place = new ClusterPlace(held.root(), PortLayout.free(), workers, null);
            place.write();
            Path settings = place.folder(Service.PLACEMENT).resolve("placement.env");
            Files.createDirectories(settings.getParent());
            StringBuilder lines = new StringBuilder();
            placement.forEach(
                    (key, value) -> lines.append(key).append('=').append(value).append('\n'));
            Files.writeString(settings, lines);
            return new RealCluster(place);
        } catch (RefusedException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** A user's clients; any thread. */
    public Session session() {
        return session;
    }

    /** Names of the workers, in order. */
    public List<Service> workers() {
        return WORKERS.subList(0, place.workers());
    }

    /** All services. */
    public List<Service> services() {
        return place.services();
    }

    /** Starts what does not run, and returns when all can serve. */
    public void startMissing() throws IOException {
        try {
            var _ = cluster.start(place.services(), START, service -> {});
        } catch (RefusedException e) {
            throw new IOException(e.getMessage(), e);
        }
        for (ServiceState state : cluster.status()) {
            pids.put(state.service(), state.pid());
        }
    }

    /** Process of a service, as of the last start. */
    public long pid(Service service) {
        Long pid = pids.get(service);
        if (pid == null) {
            throw new IllegalStateException(service + " was not started");
        }
        return pid;
    }

    /** {@code kill -9}. */
    public void kill(Service service) {
        boolean killed =
                ProcessHandle.of(pid(service)).map(ProcessHandle::destroyForcibly).orElse(false);
        if (!killed) {
            throw new IllegalStateException(service + " does not run");
        }
    }

    /** {@code host:port} where a worker answers operators. */
    public String management(Service worker) {
        return place.ports().address(parts(worker).management());
    }

    /**
     * What a worker says about its replicas; any thread.
     *
     * @throws io.grpc.StatusRuntimeException if it does not answer
     */
    public List<ReplicaStatus> replicas(Service worker) {
        Address address = new Address(PortLayout.HOST, place.ports().port(parts(worker).grpc()));
        return WorkerServiceGrpc.newBlockingStub(channels.to(address))
                .withDeadlineAfter(CALL.toMillis(), TimeUnit.MILLISECONDS)
                .listReplicas(ListReplicasRequest.getDefaultInstance())
                .getReplicasList();
    }

    private static Part.WorkerParts parts(Service worker) {
        return Part.worker(WORKERS.indexOf(worker) + 1);
    }

    /** Those of the workers that lead a replica; of the collection with one shard, one or none. */
    public List<Service> leading(List<Service> among) {
        return among.stream()
                .filter(worker ->
                        replicas(worker).stream().anyMatch(it -> it.getRole() == Role.ROLE_LEADER))
                .toList();
    }

    /** A condition, which may ask a cluster. */
    @FunctionalInterface
    public interface Condition {
        boolean holds() throws IOException, InterruptedException;
    }

    /**
     * Waits for something that will be so in a moment.
     *
     * @throws IOException if it does not come in time
     */
    public static void await(String what, Duration limit, Condition condition)
            throws IOException, InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() > deadline) {
                throw new IOException("not within " + limit + ": " + what);
            }
            LockSupport.parkNanos(LOOK.toNanos());
            if (Thread.interrupted()) {
                throw new InterruptedException(what);
            }
        }
    }

    private void stop() throws IOException {
        channels.close();
        cluster.stop(List.of(Service.values()), (service, killed) -> {});
    }

    private void stopAtExit() {
        try {
            stop();
        } catch (IOException e) {
            System.err.println("the cluster in " + place.data() + " goes on running: " + e);
        }
    }

    @Override
    public void close() throws IOException {
        Runtime.getRuntime().removeShutdownHook(stopAtExit);
        session.close();
        stop();
    }
}
