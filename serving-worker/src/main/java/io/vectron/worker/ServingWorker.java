package io.vectron.worker;

import io.grpc.Server;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.vectron.common.manage.Check;
import io.vectron.common.manage.ManagementServer;
import io.vectron.common.manage.Readiness;
import io.vectron.common.metric.ServiceMetrics;
import io.vectron.common.rpc.Servers;
import io.vectron.index.BuilderPool;
import io.vectron.index.IndexLimits;
import io.vectron.proto.log.v1.IndexParameters;
import io.vectron.proto.placement.v1.Worker;
import io.vectron.replication.Peer;
import io.vectron.replication.PeerId;
import io.vectron.replication.ReplicationConfig;
import io.vectron.worker.api.DiskSpace;
import io.vectron.worker.api.Room;
import io.vectron.worker.api.WorkerApi;
import io.vectron.worker.config.WorkerConfig;
import io.vectron.worker.metric.WorkerMetrics;
import io.vectron.worker.register.Registrar;
import io.vectron.worker.replica.DigestVoter;
import io.vectron.worker.replica.Reopener;
import io.vectron.worker.replica.Replicas;
import io.vectron.worker.replica.Scrubber;
import io.vectron.worker.replica.Sealer;
import io.vectron.worker.replica.ShardReplica;
import io.vectron.worker.replica.VectorPointIndex;
import io.vectron.worker.search.ComputePool;
import io.vectron.worker.search.Queries;
import io.vectron.worker.shard.ShardFacts;
import io.vectron.worker.storage.NativeLibrary;
import io.vectron.worker.storage.RocksResources;
import io.vectron.worker.trace.TraceMemory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A serving worker in this process. To be started once and closed once. */
public final class ServingWorker implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ServingWorker.class);
    private static final Duration SERVER_STOP_TIMEOUT = Duration.ofSeconds(3);
    private static final int WAITING_CHECKS = 16;

    private final WorkerConfig config;
    private final @Nullable DiskSpace disk;
    private final ServiceMetrics metrics = new ServiceMetrics();
    private final HealthStatusManager health = new HealthStatusManager();

    /** What was started, last first: closed in this order. */
    private final Deque<Part> started = new ArrayDeque<>();

    private volatile @Nullable Server server;
    private volatile @Nullable ManagementServer management;
    private volatile @Nullable Registrar registrar;
    private volatile boolean recovered;

    /** Something to close, and its name for the log. */
    private record Part(String name, AutoCloseable closing) {}

    /** A worker with these settings, not started. */
    public ServingWorker(WorkerConfig config) {
        this(config, null);
    }

    /**
     * A worker that is told how full its disk is.
     *
     * @param disk null to ask the file system
     */
    ServingWorker(WorkerConfig config, @Nullable DiskSpace disk) {
        this.config = config;
        this.disk = disk;
    }

    /**
     * Starts everything and returns when all shards are recovered and have a leader, or after ten
     * seconds without one. Registration with placement goes on in the background.
     *
     * @throws IOException if the folder is in use or cannot be read, or a port is taken; nothing of
     *     the worker is left running then
     */
    public void start() throws IOException {
        try {
            startParts();
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    private void startParts() throws IOException {
        opened("metrics", metrics);
        WorkerConfig.Identity identity = config.identity();
        opened("folder", FolderOwner.take(config.folder(), identity.id()));
        NativeLibrary.load(config.folder().resolve("native"));
        RocksResources resources =
                opened(
                        "store memory",
                        new RocksResources(
                                config.memory().cacheBytes(), config.memory().writeBufferBytes()));
        BuilderPool builders =
                opened("graph builders", new BuilderPool(config.threads().builders()));
        TraceMemory memory = new TraceMemory(TraceMemory.DEFAULT_WEIGHT, TraceMemory.DEFAULT_AGE);
        ComputePool searchers =
                opened(
                        "searchers",
                        new ComputePool(
                                "search",
                                config.threads().searchers(),
                                config.threads().waitingSearches()));
        ComputePool checkers =
                opened("checkers", new ComputePool("digest-check", 1, WAITING_CHECKS));
        WorkerConfig.Checks looks = config.replication().checks();
        Scrubber scrubber =
                opened("scrubber", new Scrubber(looks.scrub(), looks.scrubBytesPerSecond()));
        Replicas replicas =
                opened(
                        "replicas",
                        new Replicas(
                                config.folder().resolve("replicas"),
                                replication(),
                                (facts, index) ->
                                        replica(
                                                facts, index, resources, builders, scrubber,
                                                memory),
                                config.limits().replicas()));
        Readiness readiness = new Readiness("worker", checks(replicas));
        manage(readiness);
        replicas.start();
        recovered = true;
        DiskSpace space = disk == null ? DiskSpace.of(config.folder()) : disk;
        Room room = new Room(space, config.limits().diskFullShare(), config.limits().replicas());
        // What a worker writes of its own accord waits for room, like batches.
        Supplier<List<ShardReplica>> writable = () -> room.diskFull() ? List.of() : replicas.all();
        seal(replicas, writable);
        compare(replicas, writable);
        opened("reopener", new Reopener(replicas, () -> !room.diskFull(), InstantSource.system()))
                .start();
        register(answer(replicas, searchers, checkers, room));
        opened("readiness", readiness);
        readiness.watch(this::tell);
        LOG.info(
                "worker {} serves {} replicas on {}:{}",
                identity.id(),
                replicas.all().size(),
                identity.host(),
                port());
    }

    private WorkerApi answer(
            Replicas replicas, ComputePool searchers, ComputePool checkers, Room room)
            throws IOException {
        WorkerMetrics counted = new WorkerMetrics(metrics);
        counted.show(metrics, replicas, () -> room.disk().usage().share());
        WorkerApi api =
                new WorkerApi(
                        replicas,
                        new Queries(replicas::find, replicas::condition, searchers, checkers),
                        room,
                        InstantSource.system(),
                        counted);
        serve(api);
        return api;
    }

    private void seal(Replicas replicas, Supplier<List<ShardReplica>> writable) {
        Sealer sealer =
                opened(
                        "sealer",
                        new Sealer(
                                writable,
                                replicas.node()::propose,
                                config.memory().hotTotalBytes(),
                                InstantSource.system()));
        sealer.start();
    }

    private void compare(Replicas replicas, Supplier<List<ShardReplica>> writable) {
        DigestVoter voter =
                opened(
                        "digest voter",
                        new DigestVoter(
                                writable,
                                replicas.node(),
                                new PeerId(config.identity().id()),
                                config.replication().checks().digests(),
                                InstantSource.system()));
        voter.start();
    }

    private void register(WorkerApi api) {
        if (config.placement() != null) {
            Registrar starting =
                    opened(
                            "registrar",
                            new Registrar(
                                    config.placement(),
                                    registration(),
                                    api::report,
                                    config.heartbeat(),
                                    Instant.now()));
            registrar = starting;
            starting.start();
        }
    }

    private <T extends AutoCloseable> T opened(String name, T part) {
        started.push(new Part(name, part));
        return part;
    }

    private ReplicationConfig replication() {
        WorkerConfig.Identity identity = config.identity();
        Peer self = new Peer(new PeerId(identity.id()), identity.host(), identity.raftPort());
        return ReplicationConfig.of(self, config.folder().resolve("raft"))
                .withTiming(config.replication().timing())
                .withSnapshots(config.replication().snapshots())
                .withTls(config.replication().tls().tls());
    }

    private ShardReplica replica(
            ShardFacts facts,
            IndexParameters index,
            RocksResources resources,
            BuilderPool builders,
            Scrubber scrubber,
            TraceMemory memory) {
        IndexLimits defaults = IndexLimits.DEFAULT;
        IndexLimits limits =
                new IndexLimits(
                        config.memory().hotRows(),
                        config.memory().hotBytes(),
                        defaults.frozenSegments(),
                        defaults.flatRows(),
                        defaults.flatRowsPerEf(),
                        defaults.flatTailRows());
        return new ShardReplica(
                facts,
                resources,
                VectorPointIndex.maker(facts, limits, index, builders),
                scrubber,
                config.limits().waitingReads(),
                memory,
                InstantSource.system());
    }

    private void serve(WorkerApi api) throws IOException {
        ExecutorService calls =
                Executors.newThreadPerTaskExecutor(
                        Thread.ofVirtual().name("worker-call-", 0).factory());
        opened("calls", calls);
        InetSocketAddress address =
                new InetSocketAddress(config.identity().host(), config.identity().grpcPort());
        Server starting =
                Servers.configure(NettyServerBuilder.forAddress(address))
                        .executor(calls)
                        .addService(api)
                        .addService(health.getHealthService())
                        .build()
                        .start();
        server = starting;
        opened("gRPC server", () -> stop(starting));
        opened("health", health::enterTerminalState);
    }

    private void tell(boolean ready) {
        health.setStatus(
                HealthStatusManager.SERVICE_NAME_ALL_SERVICES,
                ready ? ServingStatus.SERVING : ServingStatus.NOT_SERVING);
    }

    private void manage(Readiness readiness) throws IOException {
        if (config.management().enabled()) {
            management =
                    opened(
                            "management",
                            ManagementServer.start(
                                    config.management(), "worker", readiness, metrics));
        }
    }

    /** What must hold for calls to succeed. */
    private List<Check> checks(Replicas replicas) {
        List<Check> checks = new ArrayList<>();
        checks.add(new Check("replicas", () -> replicasRecovered(replicas)));
        checks.add(
                new Check(
                        "grpc",
                        () ->
                                server == null
                                        ? new Check.State.NotReady("not started")
                                        : new Check.State.Ready("port " + port())));
        if (config.placement() != null) {
            checks.add(new Check("placement", this::registeredWithPlacement));
        }
        return checks;
    }

    private Check.State replicasRecovered(Replicas replicas) {
        int all = replicas.all().size();
        if (!recovered) {
            return new Check.State.NotReady("recovering " + all + " replicas");
        }
        List<ShardReplica> missing = replicas.notRunning();
        // One that stopped by itself is placement's to replace: the others are served.
        long stopped = replicas.all().stream().filter(replica -> replica.stopped() != null).count();
        return missing.isEmpty()
                ? new Check.State.Ready(
                        all + " replicas" + (stopped == 0 ? "" : ", " + stopped + " stopped"))
                : new Check.State.NotReady(
                        missing.size()
                                + " of "
                                + all
                                + " replicas do not run, among them "
                                + missing.getFirst().facts().label());
    }

    private Check.State registeredWithPlacement() {
        Registrar known = registrar;
        return known != null && known.registered()
                ? new Check.State.Ready("registered with " + config.placement())
                : new Check.State.NotReady("not registered with " + config.placement());
    }

    /** The bound port for operators; -1 if it is off or not started. */
    public int managementPort() {
        ManagementServer running = management;
        return running == null ? -1 : running.port();
    }

    private static void stop(Server server) throws InterruptedException {
        server.shutdown();
        if (!server.awaitTermination(SERVER_STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
            server.shutdownNow();
            server.awaitTermination(SERVER_STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private Worker registration() {
        WorkerConfig.Identity identity = config.identity();
        return Worker.newBuilder()
                .setId(identity.id())
                .setHost(identity.host())
                .setPort(port())
                .setRaftPort(identity.raftPort())
                .setZone(identity.zone())
                .setSearchOnly(identity.searchOnly())
                .build();
    }

    /** Port of the gRPC server; only while it runs. */
    public int port() {
        Server running = server;
        if (running == null) {
            throw new IllegalStateException("the worker is not running");
        }
        return running.getPort();
    }

    /**
     * Stops in the opposite order of the start: no new calls, the last ones end, the replicas
     * close, then threads and memory go. Closing again does nothing.
     */
    @Override
    public void close() {
        while (!started.isEmpty()) {
            Part part = started.pop();
            try {
                part.closing().close();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (Exception e) {
                // The rest must go all the same: it holds memory, threads and files.
                LOG.error("{} did not close", part.name(), e);
            }
        }
    }
}
