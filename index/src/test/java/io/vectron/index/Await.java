package io.vectron.index;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for conditions that other threads bring about. */
final class Await {

    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final long PARK_NANOS = 200_000;

    private Await() {}

    static void until(String what, BooleanSupplier condition) {
        long begin = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - begin > DEADLINE.toNanos()) {
                throw new AssertionError("not within " + DEADLINE + ": " + what);
            }
            LockSupport.parkNanos(PARK_NANOS);
        }
    }

    /** Waits until the graph has taken in all rows. */
    static void noTail(VectorIndex index) {
        until("no tail: " + index.stats(), () -> index.stats().tailRows() == 0);
    }
}
