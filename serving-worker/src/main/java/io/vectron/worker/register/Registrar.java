package io.vectron.worker.register;

import io.grpc.StatusRuntimeException;
import io.vectron.common.rpc.Address;
import io.vectron.common.rpc.Channels;
import io.vectron.proto.placement.v1.PlacementServiceGrpc;
import io.vectron.proto.placement.v1.RegisterWorkerRequest;
import io.vectron.proto.placement.v1.Worker;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Registers the worker with placement once, on a thread of its own, and tries again until it
 * succeeds. Placement keeps registrations over its restarts.
 */
public final class Registrar implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Registrar.class);
    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

    private final Address placement;
    private final Worker worker;
    private final Channels channels = new Channels();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final CountDownLatch registered = new CountDownLatch(1);
    private final Thread thread;
    private String failure = ""; // of the last attempt; the thread's only

    /**
     * @param placement where placement listens
     * @param worker what to register
     */
    public Registrar(Address placement, Worker worker) {
        this.placement = placement;
        this.worker = worker;
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
        Duration pause = FIRST_PAUSE;
        String lastFailure = "";
        try {
            while (!tryOnce(lastFailure)) {
                lastFailure = failure;
                if (closing.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                    return;
                }
                pause = pause.multipliedBy(2);
                if (pause.compareTo(LONGEST_PAUSE) > 0) {
                    pause = LONGEST_PAUSE;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean tryOnce(String lastFailure) {
        try {
            PlacementServiceGrpc.newBlockingStub(channels.to(placement))
                    .withDeadlineAfter(CALL_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                    .registerWorker(RegisterWorkerRequest.newBuilder().setWorker(worker).build());
            LOG.info("worker {} is registered with placement at {}", worker.getId(), placement);
            registered.countDown();
            return true;
        } catch (StatusRuntimeException | IllegalStateException e) {
            failure = String.valueOf(e.getMessage());
            if (closing.getCount() > 0 && !failure.equals(lastFailure)) {
                LOG.warn(
                        "worker {} is not registered with placement at {} yet: {}",
                        worker.getId(),
                        placement,
                        failure);
            }
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
