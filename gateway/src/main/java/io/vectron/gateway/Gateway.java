package io.vectron.gateway;

import io.grpc.Server;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.vectron.common.manage.Check;
import io.vectron.common.manage.ManagementServer;
import io.vectron.common.manage.Readiness;
import io.vectron.common.metric.ServiceMetrics;
import io.vectron.common.rpc.Channels;
import io.vectron.common.rpc.Servers;
import io.vectron.common.rpc.ViewWatcher;
import io.vectron.common.trace.TraceInterceptor;
import io.vectron.gateway.api.ClusterApi;
import io.vectron.gateway.api.CollectionApi;
import io.vectron.gateway.api.DeadLetterApi;
import io.vectron.gateway.api.PointApi;
import io.vectron.gateway.api.TraceApi;
import io.vectron.gateway.config.GatewayConfig;
import io.vectron.gateway.fresh.EndPoller;
import io.vectron.gateway.fresh.GatewayClock;
import io.vectron.gateway.fresh.KafkaLogEnds;
import io.vectron.gateway.fresh.LogEnds;
import io.vectron.gateway.log.KafkaLogReader;
import io.vectron.gateway.log.LogReader;
import io.vectron.gateway.metric.CountedLog;
import io.vectron.gateway.metric.GatewayMetrics;
import io.vectron.gateway.metric.GrpcMetrics;
import io.vectron.gateway.rest.MetricsFilter;
import io.vectron.gateway.rest.RestServer;
import io.vectron.gateway.rest.Route;
import io.vectron.gateway.rest.TraceFilter;
import io.vectron.gateway.rest.route.ClusterRoutes;
import io.vectron.gateway.rest.route.CollectionRoutes;
import io.vectron.gateway.rest.route.DeadLetterRoutes;
import io.vectron.gateway.rest.route.PointRoutes;
import io.vectron.gateway.rest.route.TraceRoutes;
import io.vectron.gateway.route.Routes;
import io.vectron.gateway.search.FanOut;
import io.vectron.gateway.service.Admission;
import io.vectron.gateway.service.ClusterOperations;
import io.vectron.gateway.service.CollectionOperations;
import io.vectron.gateway.service.DeadLetterOperations;
import io.vectron.gateway.service.PointOperations;
import io.vectron.gateway.service.TraceOperations;
import io.vectron.gateway.trace.ShardTraces;
import io.vectron.gateway.write.KafkaLogWriter;
import io.vectron.gateway.write.LogWriter;
import io.vectron.proto.log.v1.CollectionState;
import io.vectron.proto.placement.v1.PlacedCollection;
import io.vectron.proto.placement.v1.View;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A gateway in this process: the public API in front of Kafka, placement and the workers. It keeps
 * nothing that could be lost.
 */
public final class Gateway implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);
    private static final long DRAIN_SECONDS = 5;

    private final GatewayConfig config;
    private final LogWriter log;
    private final LogEnds ends;
    private final LogReader reader;
    private final Channels channels = new Channels();
    private final ViewWatcher watcher;
    private final EndPoller poller;
    private final PointOperations points;
    private final CollectionOperations collections;
    private final ClusterOperations cluster;
    private final DeadLetterOperations letters;
    private final TraceOperations traces;
    private final HealthStatusManager health = new HealthStatusManager();
    private final ExecutorService requests =
            Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("gateway-", 0).factory());
    private final Server server;
    private final RestServer rest;
    private final ServiceMetrics metrics = new ServiceMetrics();
    private final Readiness readiness = new Readiness("gateway", checks());
    private volatile @Nullable ManagementServer management;
    private volatile boolean started;
    private volatile boolean serving;
    private final AtomicBoolean closed = new AtomicBoolean();

    /** A gateway on Kafka; {@link #start} starts it. */
    public Gateway(GatewayConfig config) {
        this(
                config,
                new KafkaLogWriter(config.kafka(), config.deadlines().unstated()),
                new KafkaLogEnds(config.kafka()),
                new KafkaLogReader(config.kafka(), config.lookups().readers()),
                GatewayClock.SYSTEM);
    }

    /**
     * A gateway on any log.
     *
     * @param log closed with the gateway
     * @param ends closed with the gateway
     * @param reader closed with the gateway
     */
    public Gateway(
            GatewayConfig config,
            LogWriter log,
            LogEnds ends,
            LogReader reader,
            GatewayClock clock) {
        this.config = config;
        this.log = log;
        this.ends = ends;
        this.reader = reader;
        watcher = new ViewWatcher(channels, List.of(config.placement()), "gateway");
        poller = new EndPoller(ends, clock, config.freshness());
        watcher.addListener(view -> poller.retain(topicsInUse(view)));
        Routes routes = new Routes(watcher);
        Admission admission = new Admission(config.limits());
        FanOut fanOut = new FanOut(channels, routes, config.deadlines());
        GatewayMetrics counted = counted();
        points =
                new PointOperations(
                        routes, new CountedLog(log, counted), fanOut, poller, admission, config);
        collections = new CollectionOperations(routes, channels, poller, admission, config);
        cluster = new ClusterOperations(routes, channels, admission, config, Instant.now());
        letters = new DeadLetterOperations(routes, reader, log, fanOut, admission, config);
        traces =
                new TraceOperations(
                        new TraceOperations.Parts(
                                routes,
                                reader,
                                fanOut,
                                new ShardTraces(channels),
                                poller,
                                clock,
                                admission),
                        config);
        server =
                Servers.configure(
                                NettyServerBuilder.forAddress(
                                        new InetSocketAddress(config.host(), config.grpcPort())))
                        .executor(requests)
                        .intercept(new TraceInterceptor())
                        .intercept(new GrpcMetrics(counted))
                        .addService(new PointApi(points, config.deadlines()))
                        .addService(new CollectionApi(collections, config.deadlines()))
                        .addService(new ClusterApi(cluster, config.deadlines()))
                        .addService(new DeadLetterApi(letters, config.deadlines()))
                        .addService(new TraceApi(traces, config.deadlines()))
                        .addService(health.getHealthService())
                        .addService(ProtoReflectionServiceV1.newInstance())
                        .build();
        rest =
                new RestServer(
                        config.host(),
                        config.rest(),
                        config.deadlines(),
                        List.of(
                                new CollectionRoutes(collections),
                                new PointRoutes(points),
                                new DeadLetterRoutes(letters),
                                new TraceRoutes(traces),
                                new ClusterRoutes(cluster)),
                        List.of(new MetricsFilter(counted), new TraceFilter()));
    }

    /** What must hold for requests to succeed. */
    private List<Check> checks() {
        return List.of(
                new Check("placement", this::viewArrived),
                new Check("kafka", this::kafkaAnswers),
                new Check(
                        "grpc",
                        () ->
                                Check.State.of(
                                        serving && !server.isShutdown(),
                                        serving ? "port " + port() : "not started")),
                new Check(
                        "rest",
                        () ->
                                Check.State.of(
                                        serving && rest.isServing(),
                                        serving ? "port " + restPort() : "not started")));
    }

    private Check.State viewArrived() {
        View view = watcher.current();
        return view == null
                ? new Check.State.NotReady("no view of " + config.placement() + " has arrived")
                : new Check.State.Ready("view " + view.getVersion());
    }

    private Check.State kafkaAnswers() throws Exception {
        int brokers = ends.reach().get();
        return Check.State.of(brokers > 0, brokers + " brokers");
    }

    private GatewayMetrics counted() {
        GatewayMetrics counted = new GatewayMetrics(metrics);
        counted.gauge("vectron.gateway.followed.partitions", poller, EndPoller::trackedPartitions);
        counted.gauge("vectron.gateway.view.version", watcher, Gateway::viewVersion);
        return counted;
    }

    private static double viewVersion(ViewWatcher watcher) {
        View view = watcher.current();
        return view == null ? -1 : view.getVersion();
    }

    private static Set<String> topicsInUse(View view) {
        return view.getCollectionsList().stream()
                .map(PlacedCollection::getRecord)
                .filter(record -> record.getState() == CollectionState.COLLECTION_STATE_READY)
                .map(record -> record.getFacts().getTopic())
                .collect(Collectors.toUnmodifiableSet());
    }

    /**
     * Starts, and returns when collections can be used: placement's view has arrived.
     *
     * @throws IOException if the port cannot be bound, or placement stays silent; everything is
     *     closed then
     */
    public Gateway start() throws IOException, InterruptedException {
        started = true;
        try {
            if (config.management().enabled()) {
                management =
                        ManagementServer.start(config.management(), "gateway", readiness, metrics);
            }
            watcher.start();
            poller.start();
            if (watcher.awaitVersion(0, config.deadlines().start()) == null) {
                throw new IOException(
                        "placement at "
                                + config.placement()
                                + " sent no view within "
                                + config.deadlines().start());
            }
            rest.start();
            server.start();
            serving = true;
            readiness.watch(this::tell);
            LOG.info("gateway listens on {}:{}", config.host(), port());
            return this;
        } finally {
            if (!serving) {
                close();
            }
        }
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

    /** The bound gRPC port. */
    public int port() {
        return server.getPort();
    }

    /** Bytes of the REST API's memory that no request holds. */
    long restMemoryLeft() {
        return rest.memoryLeft();
    }

    /** The operations of the REST API. */
    List<Route> restRoutes() {
        return rest.routes();
    }

    /** The bound port of the REST API. */
    public int restPort() {
        return rest.port();
    }

    /** Points: what another protocol's adapter stands on. */
    public PointOperations points() {
        return points;
    }

    /** Collections: what another protocol's adapter stands on. */
    public CollectionOperations collections() {
        return collections;
    }

    /** Dead letters: what another protocol's adapter stands on. */
    public DeadLetterOperations deadLetters() {
        return letters;
    }

    /** Traces: what another protocol's adapter stands on. */
    public TraceOperations traces() {
        return traces;
    }

    /**
     * Refuses new requests, lets those under way end for a few seconds, then lets go of the
     * rest. Once; a second call does nothing.
     */
    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        readiness.close();
        health.enterTerminalState();
        server.shutdown();
        rest.close();
        drain();
        requests.shutdownNow();
        poller.close();
        ends.close();
        reader.close();
        log.close();
        if (started) {
            watcher.close();
        }
        channels.close();
        ManagementServer answering = management;
        if (answering != null) {
            answering.close();
        }
        metrics.close();
    }

    private void drain() {
        if (!serving) {
            return; // A server that never started never terminates.
        }
        try {
            if (!server.awaitTermination(DRAIN_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("requests still under way after {} s are cut off", DRAIN_SECONDS);
                server.shutdownNow();
            }
        } catch (InterruptedException e) {
            server.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
