package io.vectron.worker.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.vectron.common.error.ErrorCode;
import io.vectron.common.error.VectronException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ComputePoolTest {
    @Test
    void whatFindsNoPlaceIsRefused() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        try (ComputePool pool = new ComputePool("test", 1, 1)) {
            Future<String> running =
                    pool.submit(() -> {
                        release.await();
                        return Thread.currentThread().getName();
                    });
            Future<Integer> waiting = pool.submit(() -> 2);
            assertThatThrownBy(() -> assertThat(pool.submit(() -> 3)).isNull())
                    .asInstanceOf(type(VectronException.class))
                    .satisfies(refused -> {
                        assertThat(refused.code()).isEqualTo(ErrorCode.OVERLOADED);
                        assertThat(refused.metadata()).containsKey("retry_after_ms");
                    });
            release.countDown();
            assertThat(running.get(20, TimeUnit.SECONDS)).isEqualTo("test-0");
            assertThat(waiting.get(20, TimeUnit.SECONDS)).isEqualTo(2);
        }
    }

    @Test
    void aClosedPoolSaysSo() {
        ComputePool pool = new ComputePool("test", 1, 1);
        pool.close();
        assertThatThrownBy(() -> assertThat(pool.submit(() -> 1)).isNull())
                .asInstanceOf(type(VectronException.class))
                .extracting(VectronException::code)
                .isEqualTo(ErrorCode.SHUTTING_DOWN);
    }

    @Test
    void onlyIdleThreadsHelp() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch helping = new CountDownLatch(2);
        Runnable help =
                () -> {
                    helping.countDown();
                    await(release);
                };
        try (ComputePool pool = new ComputePool("test", 3, 5)) {
            Future<Boolean> running = pool.submit(() -> await(release));
            assertThat(pool.offer(help)).isTrue();
            assertThat(pool.offer(help)).isTrue();
            assertThat(pool.offer(help)).isFalse();
            assertThat(await(helping)).isTrue();
            Future<Integer> waiting = pool.submit(() -> 2);
            release.countDown();
            assertThat(running.get(20, TimeUnit.SECONDS)).isTrue();
            assertThat(waiting.get(20, TimeUnit.SECONDS)).isEqualTo(2);
        }
    }

    @Test
    void aThreadThatHasEndedItsTaskHelpsAgain() throws Exception {
        try (ComputePool pool = new ComputePool("test", 1, 5)) {
            for (int i = 0; i < 100; i++) {
                assertThat(pool.submit(() -> 1).get(20, TimeUnit.SECONDS)).isOne();
                CountDownLatch helped = new CountDownLatch(1);
                offer(pool, helped::countDown);
                assertThat(await(helped)).isTrue();
            }
        }
    }

    /** A task counts until a moment after its end was seen. */
    private static void offer(ComputePool pool, Runnable task) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!pool.offer(task)) {
            assertThat(System.nanoTime()).isLessThan(end);
            Thread.onSpinWait();
        }
    }

    @Test
    void nobodyHelpsInAClosedPool() {
        ComputePool pool = new ComputePool("test", 1, 1);
        pool.close();
        assertThat(pool.offer(() -> {})).isFalse();
    }

    private static boolean await(CountDownLatch latch) {
        try {
            return latch.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
