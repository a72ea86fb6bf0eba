package io.vectron.standalone.run;

import io.vectron.common.rpc.Address;
import io.vectron.common.rpc.Channels;
import io.vectron.common.rpc.ViewWatcher;
import io.vectron.gateway.Gateway;
import io.vectron.gateway.config.GatewayConfig;
import io.vectron.ingest.job.IngestJob;
import io.vectron.placement.PlacementNode;
import io.vectron.placement.config.Member;
import io.vectron.placement.config.PlacementConfig;
import io.vectron.standalone.broker.EmbeddedBroker;
import io.vectron.standalone.broker.ExternalKafka;
import io.vectron.standalone.flink.EmbeddedFlink;
import io.vectron.standalone.flink.KeptJob;
import io.vectron.worker.ServingWorker;
import io.vectron.worker.config.WorkerConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Services that run together in this process: any of broker, placement, worker, the job with its
 * Flink cluster, and gateway. They speak to each other, and to those elsewhere, over their ports;
 * nothing is short-circuited.
 */
public final class Assembly {
    private static final Logger log = LoggerFactory.getLogger(Assembly.class);
    private static final Duration JOB_DEADLINE = Duration.ofMinutes(1);
    private static final Duration STRAGGLE_LIMIT = Duration.ofSeconds(15);
    private static final Duration REGISTRATION_DEADLINE = Duration.ofSeconds(30);

    private final ServiceSet set;
    private final Pieces pieces = new Pieces();
    private final List<CompletableFuture<?>> starting = new ArrayList<>(); // the starting thread
    private final StartTimes startTimes;

    private Assembly(ServiceSet set) throws RefusedException {
        this.set = set;
        long began = System.nanoTime();
        startPieces();
        startTimes = new StartTimes(pieces.times(), Duration.ofNanos(System.nanoTime() - began));
    }

    /**
     * Starts the services and returns when each of them can serve.
     *
     * @throws RefusedException if one cannot start; what had started is stopped again
     */
    public static Assembly start(ServiceSet set) throws RefusedException {
        return new Assembly(set);
    }

    /** What runs. */
    public ServiceSet set() {
        return set;
    }

    /** How long each piece took to start. */
    public StartTimes startTimes() {
        return startTimes;
    }

    /** Stops all in order, at most some 10 s; {@code stopped} is told of each. Idempotent. */
    public void close(Consumer<Piece> stopped) {
        pieces.stop(stopped);
    }

    /** Starts each piece as soon as those of its needs that are here have started. */
    private void startPieces() throws RefusedException {
        CompletableFuture<?> broker = begin(set.kafka(), Piece.BROKER, Assembly::kafka);
        CompletableFuture<?> placement =
                begin(set.placement(), Piece.PLACEMENT, Assembly::placement);
        CompletableFuture<?> worker =
                begin(set.worker(), Piece.WORKER, Assembly::worker, placement);
        CompletableFuture<?> gateway =
                begin(set.gateway(), Piece.GATEWAY, Assembly::gateway, broker, placement);
        starting.addAll(List.of(broker, placement, worker, gateway));
        ServiceSet.Ingest ingest = set.ingest();
        if (ingest != null) {
            CompletableFuture<EmbeddedFlink> flink =
                    pieces.start(Piece.FLINK, () -> EmbeddedFlink.start(ingest.flink()));
            starting.add(flink);
            starting.add(
                    pieces.start(
                            Piece.JOB, () -> job(ingest, flink.join()), broker, placement, flink));
        }
        PlacementConfig placed = set.placement();
        if (placed != null && set.worker() != null) {
            starting.add(
                    CompletableFuture.allOf(worker, placement)
                            .thenRunAsync(() -> awaitWorker(placed.self())));
        }
        await();
    }

    /** Starts a service as its configuration says. */
    private interface Starter<C> {
        AutoCloseable start(C config) throws Exception;
    }

    private <C> CompletableFuture<?> begin(
            @Nullable C config, Piece piece, Starter<C> starter, CompletableFuture<?>... needs) {
        if (config == null) {
            return CompletableFuture.completedFuture(piece); // it is elsewhere
        }
        return pieces.start(piece, () -> starter.start(config), needs);
    }

    /** Until all have started, or one has failed. */
    private void await() throws RefusedException {
        CompletableFuture<Void> failed = new CompletableFuture<>();
        CompletableFuture<?>[] all =
                starting.stream()
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

    private static AutoCloseable kafka(ServiceSet.Kafka kafka)
            throws IOException, InterruptedException {
        return switch (kafka) {
            case ServiceSet.Kafka.Own own -> {
                ExternalKafka.requireNone(own.data());
                yield EmbeddedBroker.start(own.config());
            }
            case ServiceSet.Kafka.Elsewhere elsewhere ->
                    ExternalKafka.find(elsewhere.bootstrapServers(), elsewhere.data());
        };
    }

    private static AutoCloseable placement(PlacementConfig config) throws Exception {
        PlacementNode node = new PlacementNode(config);
        node.start();
        return node;
    }

    private static AutoCloseable worker(WorkerConfig config) throws Exception {
        ServingWorker worker = new ServingWorker(config);
        worker.start();
        return worker;
    }

    private static AutoCloseable gateway(GatewayConfig config) throws Exception {
        return new Gateway(config).start();
    }

    private static KeptJob job(ServiceSet.Ingest ingest, EmbeddedFlink flink) throws IOException {
        KeptJob job = flink.keep(() -> new IngestJob(ingest.job()).jobGraph());
        job.awaitRunning(JOB_DEADLINE);
        return job;
    }

    /** Until placement knows the worker, it has nobody to give a collection's shards to. */
    private static void awaitWorker(Member placement) {
        CompletableFuture<Void> known = new CompletableFuture<>();
        Address address = new Address(placement.host(), placement.port());
        try (Channels channels = new Channels();
                ViewWatcher watcher = new ViewWatcher(channels, List.of(address), "standalone")) {
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
}
