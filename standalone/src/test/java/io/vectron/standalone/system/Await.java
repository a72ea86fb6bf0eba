package io.vectron.standalone.system;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/** Waits for what must come true, and says what came instead. */
final class Await {
    /** Far beyond what any of it takes: only a defect, never a slow machine, should reach it. */
    static final Duration DEADLINE = Duration.ofMinutes(2);

    private static final Duration PAUSE = Duration.ofMillis(50);

    private Await() {}

    /** Something that may become true. */
    interface Condition {
        boolean holds() throws Exception;
    }

    static void until(String what, Condition condition) throws Exception {
        value(what, condition::holds, holds -> holds);
    }

    /** The first value that fits. */
    static <T> T value(String what, Callable<T> source, Predicate<T> fits) throws Exception {
        long end = System.nanoTime() + DEADLINE.toNanos();
        T value = source.call();
        while (!fits.test(value)) {
            if (System.nanoTime() > end) {
                throw new AssertionError(
                        what + ": not within " + DEADLINE.toSeconds() + " s, but " + value);
            }
            LockSupport.parkNanos(PAUSE.toNanos());
            value = source.call();
        }
        return value;
    }
}
