package io.vectron.common.manage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vectron.common.manage.Check.State;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ReadinessTest {
    private static final State FINE = new State.Ready("fine");

    @Test
    void readyOnlyIfEveryCheckIs() {
        try (Readiness both =
                new Readiness(
                        "test",
                        List.of(
                                new Check("good", () -> FINE),
                                new Check("bad", () -> new State.NotReady("gone"))))) {
            Readiness.Report report = both.report();
            assertThat(report.ready()).isFalse();
            assertThat(report.checks())
                    .containsExactly(
                            new Readiness.Result("good", true, "fine"),
                            new Readiness.Result("bad", false, "gone"));
        }
    }

    @Test
    void manyCallersCostOneLook() {
        AtomicInteger looks = new AtomicInteger();
        try (Readiness readiness =
                new Readiness(
                        "test",
                        List.of(
                                new Check(
                                        "thing",
                                        () -> State.of(looks.incrementAndGet() > 0, "seen"))))) {
            long began = System.nanoTime();
            for (int i = 0; i < 10_000; i++) {
                assertThat(readiness.report().ready()).isTrue();
            }
            long passed = System.nanoTime() - began;
            assertThat(looks.get())
                    .as("one at first, and one each time that an answer is too old")
                    .isBetween(1, 1 + (int) (passed / Readiness.KEPT.toNanos()));
        }
    }

    @Test
    void aFailedLookIsNotReadyForItsReason() {
        try (Readiness readiness =
                new Readiness(
                        "test",
                        List.of(
                                new Check(
                                        "thing",
                                        () -> {
                                            throw new IllegalStateException("no connection");
                                        })))) {
            assertThat(readiness.report().checks())
                    .containsExactly(new Readiness.Result("thing", false, "no connection"));
        }
    }

    @Test
    void aCheckThatHangsIsNotReadyInTimeAndIsNotAskedTwice() throws Exception {
        AtomicInteger looks = new AtomicInteger();
        CountDownLatch answer = new CountDownLatch(1);
        Check hanging =
                new Check(
                        "hanging",
                        () -> {
                            looks.incrementAndGet();
                            answer.await();
                            return FINE;
                        });
        BlockingQueue<Boolean> told = new LinkedBlockingQueue<>();
        try (Readiness readiness =
                new Readiness("test", List.of(hanging, new Check("good", () -> FINE)))) {
            long began = System.nanoTime();
            Readiness.Report report = readiness.report();
            assertThat(System.nanoTime() - began).isLessThan(TimeUnit.SECONDS.toNanos(5));
            assertThat(report.checks())
                    .containsExactly(
                            new Readiness.Result("hanging", false, "no answer within 1000 ms"),
                            new Readiness.Result("good", true, "fine"));
            readiness.watch(told::add);
            assertThat(told.take()).isFalse();
            assertThat(looks).hasValue(1);
            answer.countDown();
            while (!told.take()) {
                // The watch says "not ready" once more at its start.
            }
            assertThat(readiness.report().ready()).isTrue();
        }
    }

    @Test
    void tellsOfChanges() throws Exception {
        BlockingQueue<Boolean> told = new LinkedBlockingQueue<>();
        AtomicInteger good = new AtomicInteger(1);
        try (Readiness readiness =
                new Readiness(
                        "test",
                        List.of(new Check("thing", () -> State.of(good.get() == 1, "so so"))))) {
            readiness.watch(told::add);
            assertThat(told.take()).isTrue();
            good.set(0);
            while (told.take()) {
                // The watch says "ready" once more at its start.
            }
            assertThat(readiness.report().ready()).isFalse();
        }
    }

    @Test
    void isNotReadyOnceItIsToldToStop() {
        Readiness readiness = new Readiness("test", List.of(new Check("thing", () -> FINE)));
        assertThat(readiness.report().ready()).isTrue();
        readiness.close();
        assertThat(readiness.report().ready()).isFalse();
        assertThat(readiness.report().checks().getFirst().reason()).contains("stops");
    }

    @Test
    void refusesNamesThatCollide() {
        Check one = new Check("thing", () -> FINE);
        assertThatThrownBy(() -> new Readiness("test", List.of(one, one)))
                .hasMessageContaining("thing");
        assertThatThrownBy(() -> new Check("No Name", () -> FINE)).hasMessageContaining("No Name");
    }
}
