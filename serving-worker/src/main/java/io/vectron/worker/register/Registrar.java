package io.vectron.worker.register;

import io.grpc.StatusRuntimeException;
import io.vectron.common.rpc.Address;
import io.vectron.common.rpc.Channels;
import io.vectron.proto.placement.v1.HeartbeatRequest;
import io.vectron.proto.placement.v1.PlacementServiceGrpc;
import io.vectron.proto.placement.v1.PlacementServiceGrpc.PlacementServiceBlockingStub;
import io.vectron.proto.placement.v1.RegisterWorkerRequest;
import io.vectron.proto.placement.v1.Worker;
import io.vectron.proto.worker.v1.ListReplicasResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Registers the worker with placement, on a thread of its own, and tries again until it succeeds;
 * from then on tells placement how the worker stands, until it is closed. Placement keeps
 * registrations over its restarts; should it have lost one, it says so, and the worker registers
 * again.
 */
public final class Registrar implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Registrar.class);
    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

    private final Address placement;
    private final Worker worker;
    private final Supplier<ListReplicasResponse> report;
    private final Duration heartbeat;
    private final long startedAtMs;
    private final Channels channels = new Channels();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final CountDownLatch registered = new CountDownLatch(1);
    private final Thread thread;
    private String failure = ""; // of the last attempt; the thread's only

    /**
     * @param placement where placement listens
     * @param worker what to register
     * @param report how the worker stands; may block for a moment
     * @param heartbeat pause between two reports
     * @param startedAt when the worker's process was started
     */
    public Registrar(
            Address placement,
            Worker worker,
            Supplier<ListReplicasResponse> report,
            Duration heartbeat,
            Instant startedAt) {
        this.placement = placement;
        this.worker = worker;
        this.report = report;
        this.heartbeat = heartbeat;
        this.startedAtMs = startedAt.toEpochMilli();
        this.thread = Thread.ofVirtual().name("register-" + worker.getId()).unstarted(this::run);
    }

    /** Begins; returns at once. */
    public void start() {
        thread.start();
    }

    /** Waits until the worker is registered; false when the time has passed. */
    public boolean await(Duration timeout) throws InterruptedException {
        return registered.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Whether placement knows the worker. */
    public boolean registered() {
        return registered.getCount() == 0;
    }

    private void run() {
        try {
            while (register() && tell()) {
                LOG.warn("placement does not know worker {} any more", worker.getId());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Until it is registered; false if it is to end. */
    private boolean register() throws InterruptedException {
        Duration pause = FIRST_PAUSE;
        while (!tryOnce("registered", this::registerOnce)) {
            if (closing.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                return false;
            }
            pause = pause.multipliedBy(2);
            if (pause.compareTo(LONGEST_PAUSE) > 0) {
                pause = LONGEST_PAUSE;
            }
        }
        return true;
    }

    /** As long as placement knows the worker; false if it is to end. */
    private boolean tell() throws InterruptedException {
        boolean[] known = {true};
        while (known[0]) {
            boolean _ = tryOnce("heard", () -> known[0] = heartbeat());
            if (closing.await(heartbeat.toMillis(), TimeUnit.MILLISECONDS)) {
                return false;
            }
        }
        return true;
    }

    private void registerOnce() {
        var _ =
                placement()
                        .registerWorker(
                                RegisterWorkerRequest.newBuilder().setWorker(worker).build());
        LOG.info("worker {} is registered with placement at {}", worker.getId(), placement);
        registered.countDown();
    }

    private boolean heartbeat() {
        ListReplicasResponse stands = report.get();
        HeartbeatRequest request =
                HeartbeatRequest.newBuilder()
                        .setWorker(worker.getId())
                        .addAllReplicas(stands.getReplicasList())
                        .setCapacity(stands.getCapacity())
                        .setStartedAtMs(startedAtMs)
                        .build();
        return !placement().heartbeat(request).getUnknown();
    }

    private PlacementServiceBlockingStub placement() {
        return PlacementServiceGrpc.newBlockingStub(channels.to(placement))
                .withDeadlineAfter(CALL_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Says a failure once, however often it comes. */
    private boolean tryOnce(String what, Runnable attempt) {
        try {
            attempt.run();
            failure = "";
            return true;
        } catch (RuntimeException e) {
            // Whatever it is, the next try may go well, and without any the worker counts as lost.
            String why = String.valueOf(e.getMessage());
            if (closing.getCount() > 0 && !why.equals(failure)) {
                LOG.warn(
                        "worker {} is not {} by placement at {} yet: {}",
                        worker.getId(),
                        what,
                        placement,
                        e instanceof StatusRuntimeException ? why : e.toString());
            }
            failure = why;
            return false;
        }
    }

    @Override
    public void close() {
        closing.countDown();
        channels.close();
        try {
            thread.join(CALL_TIMEOUT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
