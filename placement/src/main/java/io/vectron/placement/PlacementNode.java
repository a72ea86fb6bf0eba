package io.vectron.placement;

import io.grpc.Server;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.vectron.common.error.ErrorCode;
import io.vectron.common.error.VectronException;
import io.vectron.common.file.FolderLock;
import io.vectron.common.manage.Check;
import io.vectron.common.manage.ManagementServer;
import io.vectron.common.manage.Readiness;
import io.vectron.common.metric.ServiceMetrics;
import io.vectron.common.rpc.Address;
import io.vectron.common.rpc.Servers;
import io.vectron.placement.api.PlacementApi;
import io.vectron.placement.api.ViewFeed;
import io.vectron.placement.config.Member;
import io.vectron.placement.config.PlacementConfig;
import io.vectron.placement.metric.PlacementMetrics;
import io.vectron.placement.run.Actions;
import io.vectron.placement.run.CommandLog;
import io.vectron.placement.run.Heartbeats;
import io.vectron.placement.run.Reconciler;
import io.vectron.placement.run.Registry;
import io.vectron.placement.run.Upkeep;
import io.vectron.placement.state.ReplicatedCatalog;
import io.vectron.placement.state.Signal;
import io.vectron.replication.GroupId;
import io.vectron.replication.GroupStatus;
import io.vectron.replication.Peer;
import io.vectron.replication.PeerId;
import io.vectron.replication.ReplicationConfig;
import io.vectron.replication.ReplicationNode;
import io.vectron.replication.Timing;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One node of placement: a replica of the catalogue, the leader's loop, and the gRPC service.
 *
 * <pre>
 * PlacementApi ─ Registry ─ CommandLog ─ ReplicationNode ─ ReplicatedCatalog
 *      └─ ViewFeed ────────────────────────────────────────────┤ changes
 *                 Reconciler ─ PlanRun, ReplicaRun, ChangeRun ─ Actions ─ Kafka, workers
 *                      └─ Upkeep ─ Repairs ─ Heartbeats ─ PlacementApi
 * </pre>
 */
public final class PlacementNode implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(PlacementNode.class);

    /** Placement's only group; the same on every cluster, since clusters share no network. */
    private static final GroupId GROUP =
            new GroupId(
                    UUID.nameUUIDFromBytes("vectron:placement".getBytes(StandardCharsets.UTF_8)));

    private static final Duration LEADER_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration LEADER_POLL = Duration.ofMillis(20);
    private static final int CALLS_PER_CONNECTION = 1_024;

    private final PlacementConfig config;
    private final Outside outside;
    private final Deque<Part> started = new ArrayDeque<>(); // guarded by this
    private final ServiceMetrics metrics = new ServiceMetrics();
    private final HealthStatusManager health = new HealthStatusManager();
    private volatile @Nullable Server server;
    private volatile @Nullable ManagementServer management;

    /** A node that speaks to Kafka and to workers as the settings say. Does nothing yet. */
    public PlacementNode(PlacementConfig config) {
        this(config, Outside.of(config));
    }

    PlacementNode(PlacementConfig config, Outside outside) {
        this.config = config;
        this.outside = outside;
    }

    /**
     * Starts the node; returns when a leader is known and requests are answered. To be called once;
     * a node that failed to start is closed.
     *
     * @throws IOException if the folder is in use or damaged, a port is taken, or no leader is
     *     found
     */
    public synchronized void start() throws IOException {
        boolean complete = false;
        try {
            started.push(new Part("metrics", metrics::close));
            started.push(new Part("clients", outside::close));
            FolderLock lock = FolderLock.take(config.folder());
            started.push(new Part("folder lock", lock::close));
            startParts();
            complete = true;
        } finally {
            if (!complete) {
                close();
            }
        }
    }

    private void startParts() throws IOException {
        ReplicatedCatalog catalog = new ReplicatedCatalog();
        ReplicationNode replication =
                new ReplicationNode(
                        ReplicationConfig.of(config.self().peer(), config.folder().resolve("raft"))
                                .withTiming(Timing.quick()),
                        group -> catalog);
        CommandLog commands =
                new CommandLog(entry -> replication.propose(GROUP, entry), InstantSource.system());
        Actions actions =
                new Actions(
                        catalog::cluster,
                        outside.topics(),
                        outside.catalogue(),
                        outside.replicas());
        Heartbeats heartbeats = new Heartbeats(config.repair(), System::nanoTime);
        catalog.listen(() -> heartbeats.leads(catalog.leads()));
        Reconciler reconciler =
                new Reconciler(
                        catalog,
                        actions,
                        outside.topics(),
                        commands,
                        config.plans(),
                        config.limits().deadLetterTopics(),
                        upkeep(catalog, heartbeats, commands, actions));
        Registry registry =
                new Registry(
                        catalog,
                        commands,
                        config.limits(),
                        config.plans(),
                        leader -> notLeader(replication, leader),
                        reconciler::registered,
                        heartbeats);
        ViewFeed views =
                new ViewFeed(
                        catalog,
                        heartbeats,
                        config.limits().watchers(),
                        () -> notLeader(replication, null));

        PlacementMetrics.show(metrics, catalog, reconciler);
        Readiness readiness = new Readiness("placement", checks(catalog, replication));
        manage(readiness);
        started.push(new Part("replication", replication::close));
        replication.start();
        replication.addGroup(GROUP, config.members().stream().map(Member::peer).toList());
        reconciler.start();
        started.push(new Part("plans", reconciler::close));
        awaitLeader(catalog, replication);
        views.start();
        started.push(new Part("views", views::close));
        startServer(registry, views);
        started.push(new Part("health", health::enterTerminalState));
        started.push(new Part("readiness", readiness::close));
        readiness.watch(this::tell);
    }

    private Upkeep upkeep(
            ReplicatedCatalog catalog,
            Heartbeats heartbeats,
            CommandLog commands,
            Actions actions) {
        return new Upkeep(
                catalog,
                heartbeats,
                commands,
                actions,
                outside.replicas(),
                new Upkeep.Limits(
                        config.plans(), config.repair(), config.limits().replicasPerWorker()),
                System::nanoTime);
    }

    private void manage(Readiness readiness) throws IOException {
        if (config.management().enabled()) {
            ManagementServer answering =
                    ManagementServer.start(config.management(), "placement", readiness, metrics);
            management = answering;
            started.push(new Part("management", answering::close));
        }
    }

    /** What must hold for requests to succeed, here or at the leader that this node names. */
    private List<Check> checks(ReplicatedCatalog catalog, ReplicationNode replication) {
        return List.of(
                new Check("leader", () -> leaderState(catalog, replication)),
                new Check(
                        "grpc",
                        () ->
                                server == null
                                        ? new Check.State.NotReady("not started")
                                        : new Check.State.Ready("port " + port())));
    }

    private Check.State leaderState(ReplicatedCatalog catalog, ReplicationNode replication) {
        GroupStatus status = replication.status(GROUP);
        boolean works = status.lifecycle() == GroupStatus.Lifecycle.RUNNING;
        Peer leader = status.leader();
        String who = leader == null ? "no leader is known" : "the leader is " + leader.id().id();
        return Check.State.of(
                works && knowsLeader(catalog, replication),
                who + ", this node is " + status.role() + " and " + status.lifecycle());
    }

    private void tell(boolean ready) {
        health.setStatus(
                HealthStatusManager.SERVICE_NAME_ALL_SERVICES,
                ready ? ServingStatus.SERVING : ServingStatus.NOT_SERVING);
    }

    /** The bound port for operators; -1 if it is off or not started. */
    public int managementPort() {
        ManagementServer running = management;
        return running == null ? -1 : running.port();
    }

    private void startServer(Registry registry, ViewFeed views) throws IOException {
        ExecutorService handlers =
                Executors.newThreadPerTaskExecutor(
                        Thread.ofVirtual().name("placement-api-", 0).factory());
        started.push(new Part("request threads", handlers::shutdownNow));
        Server listening =
                Servers.configure(
                                NettyServerBuilder.forAddress(
                                        new InetSocketAddress(
                                                config.self().host(), config.self().port())))
                        .executor(handlers)
                        .maxConcurrentCallsPerConnection(CALLS_PER_CONNECTION)
                        .addService(new PlacementApi(registry, views, config.plans().request()))
                        .addService(health.getHealthService())
                        .build()
                        .start();
        server = listening;
        started.push(new Part("server", () -> stop(listening, views)));
        log.info("placement listens on {}:{}", config.self().host(), listening.getPort());
    }

    /** Port of the gRPC service. */
    public int port() {
        Server listening = server;
        if (listening == null) {
            throw new IllegalStateException("placement is not running");
        }
        return listening.getPort();
    }

    /**
     * Stops in order: no new request, streams ended, plans left where they are, the group, the
     * clients, the folder. Any number of times.
     */
    @Override
    public synchronized void close() {
        while (!started.isEmpty()) {
            Part part = started.pop();
            try {
                part.stop().run();
            } catch (IOException | RuntimeException failed) {
                log.error("{} did not stop cleanly", part.name(), failed);
            }
        }
    }

    private static void stop(Server server, ViewFeed views) {
        server.shutdown(); // takes nothing new
        views.close(); // ends the streams with a code that makes watchers come back
        server.shutdownNow(); // lets go of those who wait; their plans go on
        try {
            if (!server.awaitTermination(2, TimeUnit.SECONDS)) {
                log.warn("some requests did not end in time");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void awaitLeader(ReplicatedCatalog catalog, ReplicationNode replication)
            throws IOException {
        Signal changes = new Signal();
        catalog.listen(changes::raise);
        long deadline = System.nanoTime() + LEADER_TIMEOUT.toNanos();
        try {
            while (!knowsLeader(catalog, replication)) {
                long seen = changes.count();
                if (deadline - System.nanoTime() <= 0) {
                    throw new IOException(
                            "placement found no leader within "
                                    + LEADER_TIMEOUT
                                    + ": "
                                    + replication.status(GROUP));
                }
                changes.await(seen, LEADER_POLL.toNanos());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while looking for a leader", e);
        }
    }

    /** Leading counts only when all that earlier leaders did is applied. */
    private boolean knowsLeader(ReplicatedCatalog catalog, ReplicationNode replication) {
        Peer leader = replication.status(GROUP).leader();
        return catalog.leads() || (leader != null && !leader.id().id().equals(config.self().id()));
    }

    private VectronException notLeader(ReplicationNode replication, @Nullable PeerId hint) {
        PeerId leader = hint;
        if (leader == null) {
            Peer known = replication.status(GROUP).leader();
            leader = known == null ? null : known.id();
        }
        String address = leader == null ? null : address(leader);
        return new VectronException(
                ErrorCode.NOT_LEADER,
                null,
                address == null ? "no leader is known" : "the leader is " + address,
                address == null ? Map.of() : Map.of("leader", address));
    }

    private @Nullable String address(PeerId id) {
        for (Member member : config.members()) {
            boolean self = member.id().equals(config.self().id());
            if (member.id().equals(id.id()) && !self) {
                return new Address(member.host(), member.port()).toString();
            }
        }
        return null;
    }

    /** What was started, and how it stops. */
    private record Part(String name, Stop stop) {}

    /** Stops a part. */
    @FunctionalInterface
    private interface Stop {
        void run() throws IOException;
    }
}
