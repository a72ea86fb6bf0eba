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
}
