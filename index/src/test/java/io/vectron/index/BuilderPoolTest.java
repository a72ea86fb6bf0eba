package io.vectron.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class BuilderPoolTest {

    @Test
    void indexesTakeTurns() {
        List<String> turns = Collections.synchronizedList(new ArrayList<>());
        CountDownLatch begin = new CountDownLatch(1);
        try (BuilderPool pool = new BuilderPool(1);
                var blocker = pool.register("blocker", mayTakeLong -> awaitThenStop(begin));
                var a = pool.register("a", mayTakeLong -> turns.add("a") && turns.size() < 20);
                var b = pool.register("b", mayTakeLong -> turns.add("b") && turns.size() < 20)) {
            blocker.wake();
            a.wake();
            b.wake();
            begin.countDown();
            Await.until("both ended", () -> turns.size() >= 20);
            for (int i = 1; i < 20; i++) {
                assertThat(turns.get(i)).isNotEqualTo(turns.get(i - 1));
            }
        }
    }

    private static boolean awaitThenStop(CountDownLatch latch) {
        try {
            latch.await();
            return false;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aWakeDuringASliceIsNotLostAndNoTwoSlicesRunAtOnce() {
        AtomicInteger slices = new AtomicInteger();
        AtomicInteger running = new AtomicInteger();
        AtomicBoolean together = new AtomicBoolean();
        try (BuilderPool pool = new BuilderPool(4);
                var work =
                        pool.register(
                                "work",
                                mayTakeLong -> {
                                    together.compareAndSet(false, running.incrementAndGet() > 1);
                                    Thread.onSpinWait();
                                    running.decrementAndGet();
                                    slices.incrementAndGet();
                                    return false;
                                })) {
            for (int i = 0; i < 2_000; i++) {
                int before = slices.get();
                work.wake();
                Await.until("a slice after the wake", () -> slices.get() > before);
            }
        }
        assertThat(together).isFalse();
    }

    @Test
    void closingWaitsForTheSliceAndForbidsMore() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        AtomicInteger ended = new AtomicInteger();
        try (BuilderPool pool = new BuilderPool(1)) {
            var work =
                    pool.register(
                            "work",
                            mayTakeLong -> {
                                begun.countDown();
                                awaitThenStop(go);
                                ended.incrementAndGet();
                                return true;
                            });
            work.wake();
            begun.await();
            Thread closer = Thread.ofPlatform().start(work::close);
            Await.until("closing waits", () -> closer.getState() == Thread.State.WAITING);
            assertThat(ended).hasValue(0);
            go.countDown();
            closer.join();
            assertThat(ended).hasValue(1);
            work.wake();
        }
        assertThat(ended).hasValue(1);
    }

    @Test
    void aFailingIndexDoesNotHarmTheOthers() {
        AtomicInteger slices = new AtomicInteger();
        try (BuilderPool pool = new BuilderPool(1);
                var bad =
                        pool.register(
                                "bad",
                                mayTakeLong -> {
                                    throw new IllegalStateException("planted");
                                });
                var good = pool.register("good", mayTakeLong -> slices.incrementAndGet() < 3)) {
            bad.wake();
            good.wake();
            Await.until("the good one ended", () -> slices.get() == 3);
        }
    }

    @Test
    void takesABoundedNumberOfIndexesAndNoneWhenClosed() {
        BuilderPool pool = new BuilderPool(1);
        List<BuilderPool.Registration> all = new ArrayList<>();
        for (int i = 0; i < BuilderPool.MAX_INDEXES; i++) {
            all.add(pool.register("i" + i, mayTakeLong -> false));
        }
        assertThatThrownBy(() -> pool.register("one more", mayTakeLong -> false))
                .isInstanceOf(IllegalStateException.class);
        all.getFirst().close();
        all.getFirst().close();
        all.add(pool.register("in its place", mayTakeLong -> false));
        assertThatThrownBy(() -> pool.register("one more", mayTakeLong -> false))
                .isInstanceOf(IllegalStateException.class);
        pool.close();
        assertThatThrownBy(() -> pool.register("late", mayTakeLong -> false))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
        assertThatThrownBy(() -> new BuilderPool(0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aSliceThatLastsLetsTheOthersHaveShortOnes() {
        try (BuilderPool pool = new BuilderPool(1)) {
            List<Boolean> turns = Collections.synchronizedList(new ArrayList<>());
            AtomicBoolean ended = new AtomicBoolean();
            try (var other =
                            pool.register(
                                    "other",
                                    mayTakeLong -> {
                                        turns.add(mayTakeLong);
                                        return turns.size() < 4;
                                    });
                    var writer =
                            pool.register(
                                    "writer",
                                    mayTakeLong -> {
                                        other.wake();
                                        for (int i = 0; i < 3; i++) {
                                            pool.assist();
                                        }
                                        ended.set(true);
                                        return false;
                                    })) {
                writer.wake();
                Await.until("ended", ended::get);
                Await.until("four turns", () -> turns.size() == 4);
            }
            assertThat(turns).containsExactly(false, false, false, true);
        }
    }
}
