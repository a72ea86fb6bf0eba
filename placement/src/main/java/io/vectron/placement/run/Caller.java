package io.vectron.placement.run;

import java.util.function.BooleanSupplier;

/**
 * Who waits for a request.
 *
 * @param deadlineNanos when it stops waiting, by {@link System#nanoTime}
 * @param gone whether it has left
 */
public record Caller(long deadlineNanos, BooleanSupplier gone) {
    long leftNanos() {
        return deadlineNanos - System.nanoTime();
    }
}
