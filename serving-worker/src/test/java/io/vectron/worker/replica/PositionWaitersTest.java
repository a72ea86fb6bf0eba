package io.vectron.worker.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectron.worker.replica.PositionWaiters.Outcome;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PositionWaitersTest {
    private static final long LONG = Duration.ofSeconds(20).toNanos();

    private final PositionWaiters waiters = new PositionWaiters(2);

    private CompletableFuture<Outcome> waitFor(long position) {
        int before = waiters.waiting();
        CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        Thread.ofVirtual()
                .start(() -> {
                    try {
                        outcome.complete(waiters.await(position, LONG));
                    } catch (InterruptedException e) {
                        outcome.completeExceptionally(e);
                    }
                });
        while (waiters.waiting() == before && !outcome.isDone()) {
            Thread.onSpinWait();
        }
        return outcome;
    }

    @Test
    void whatWasReachedIsNotWaitedFor() throws Exception {
        waiters.reached(5);
        assertThat(waiters.await(5, 0)).isEqualTo(Outcome.REACHED);
        assertThat(waiters.await(6, 0)).isEqualTo(Outcome.TIMED_OUT);
    }

    @Test
    void aPublicationWakesThoseItReachesAndNobodyElse() throws Exception {
        CompletableFuture<Outcome> five = waitFor(5);
        CompletableFuture<Outcome> seven = waitFor(7);
        waiters.reached(4);
        assertThat(five).isNotDone();
        waiters.reached(6);
        assertThat(five.get(20, TimeUnit.SECONDS)).isEqualTo(Outcome.REACHED);
        assertThat(seven).isNotDone();
        waiters.reached(7);
        assertThat(seven.get(20, TimeUnit.SECONDS)).isEqualTo(Outcome.REACHED);
        assertThat(waiters.waiting()).isZero();
    }

    @Test
    void thoseWhoGaveUpAreForgotten() throws Exception {
        assertThat(waiters.await(9, 1_000)).isEqualTo(Outcome.TIMED_OUT);
        assertThat(waiters.waiting()).isZero();
    }

    @Test
    void onlySoManyMayWait() throws Exception {
        CompletableFuture<Outcome> eight = waitFor(8);
        CompletableFuture<Outcome> nine = waitFor(9);
        assertThat(waiters.await(10, LONG)).isEqualTo(Outcome.TOO_MANY);
        waiters.reached(8);
        assertThat(eight.get(20, TimeUnit.SECONDS)).isEqualTo(Outcome.REACHED);
        assertThat(waiters.await(10, 1)).as("there is a place again").isEqualTo(Outcome.TIMED_OUT);
        assertThat(nine).isNotDone();
        waiters.close();
    }

    @Test
    void closingWakesAll() throws Exception {
        CompletableFuture<Outcome> waiting = waitFor(5);
        waiters.close();
        assertThat(waiting.get(20, TimeUnit.SECONDS)).isEqualTo(Outcome.CLOSED);
        assertThat(waiters.await(5, LONG)).isEqualTo(Outcome.CLOSED);
    }
}
