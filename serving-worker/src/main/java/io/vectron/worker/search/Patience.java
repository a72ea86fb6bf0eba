package io.vectron.worker.search;

import io.grpc.Context;
import io.grpc.Deadline;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** How long a call may wait: until a little before its deadline, so that the answer arrives. */
final class Patience {
    private static final Duration WITHOUT_DEADLINE = Duration.ofSeconds(30);
    private static final long MARGIN_MIN_NANOS = Duration.ofMillis(5).toNanos();
    private static final long MARGIN_MAX_NANOS = Duration.ofMillis(100).toNanos();

    private final long endNanos; // by System.nanoTime

    private Patience(long endNanos) {
        this.endNanos = endNanos;
    }

    /** Patience of the gRPC call that the current thread serves. */
    static Patience ofCall() {
        Deadline deadline = Context.current().getDeadline();
        long whole =
                deadline == null
                        ? WITHOUT_DEADLINE.toNanos()
                        : deadline.timeRemaining(TimeUnit.NANOSECONDS);
        long margin = Math.clamp(whole / 10, MARGIN_MIN_NANOS, MARGIN_MAX_NANOS);
        return new Patience(System.nanoTime() + whole - margin);
    }

    /** Nanoseconds left; zero or less when it has run out. */
    long leftNanos() {
        return endNanos - System.nanoTime();
    }
}
