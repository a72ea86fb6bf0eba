package io.vectron.gateway.search;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectron.common.rpc.Address;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SuspectsTest {
    private static final Address A = new Address("a", 1);
    private static final Address B = new Address("b", 1);
    private static final Address C = new Address("c", 1);

    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1); // the clock may overflow
    private final Suspects suspects = new Suspects(now::get);

    @Test
    void asksThoseThatFailedAfterAllOthers() {
        suspects.failed(A, "gone");
        assertThat(suspects.inOrder(List.of(A, B, C))).containsExactly(B, C, A);
        suspects.outrun(B);
        assertThat(suspects.inOrder(List.of(A, B, C))).containsExactly(C, A, B);
    }

    @Test
    void trustsThemAgainWhenTheyAnswerOrAfterAWhile() {
        suspects.failed(A, "gone");
        suspects.outrun(B);
        suspects.answered(A);
        assertThat(suspects.inOrder(List.of(A, B, C))).containsExactly(A, C, B);
        now.addAndGet(TimeUnit.MILLISECONDS.toNanos(1_001));
        assertThat(suspects.inOrder(List.of(A, B, C))).containsExactly(A, B, C);
    }
}
