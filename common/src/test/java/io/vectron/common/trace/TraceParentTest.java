package io.vectron.common.trace;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.MDC;

class TraceParentTest {
    private static final String ID = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String GOOD = "00-" + ID + "-00f067aa0ba902b7-01";

    @Test
    void readsTheHeader() {
        TraceParent trace = Objects.requireNonNull(TraceParent.parse(GOOD));
        assertThat(trace.traceId()).isEqualTo(ID);
        assertThat(trace.sampled()).isTrue();
        assertThat(trace).hasToString(GOOD);
        assertThat(TraceParent.parse(GOOD.getBytes(UTF_8))).isEqualTo(trace);
    }

    @Test
    void theLastBitOfTheFlagsSaysWhetherItIsRecorded() {
        String stem = GOOD.substring(0, 53);
        assertThat(new TraceParent(stem + "00").sampled()).isFalse();
        assertThat(new TraceParent(stem + "02").sampled()).isFalse();
        assertThat(new TraceParent(stem + "03").sampled()).isTrue();
    }

    @Test
    void readsLaterVersionsAsFarAsItKnowsThem() {
        TraceParent later =
                Objects.requireNonNull(TraceParent.parse("cc" + GOOD.substring(2) + "-what"));
        assertThat(later.traceId()).isEqualTo(ID);
        assertThat(later.sampled()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00",
                "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
                "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-001",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-1x",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
                "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01more",
                "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-m\nx",
                " 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
            })
    void ignoresBrokenHeaders(String header) {
        assertThat(TraceParent.parse(header)).isNull();
        assertThatThrownBy(() -> new TraceParent(header))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void ignoresEndlessHeaders() {
        String endless = "cc" + GOOD.substring(2) + "-" + "x".repeat(1 << 20);
        assertThat(TraceParent.parse(endless)).isNull();
        assertThat(TraceParent.parse(endless.getBytes(UTF_8))).isNull();
        assertThat(TraceParent.parse((byte[]) null)).isNull();
    }

    @Test
    void aScopeIsSeenByTheThreadAndItsLogLinesUntilItEnds() {
        TraceParent outer = new TraceParent(GOOD);
        TraceParent inner = new TraceParent(GOOD.replace("4bf9", "0001"));
        TraceScope first = TraceScope.enter(outer);
        assertThat(TraceScope.current()).isEqualTo(outer);
        assertThat(MDC.get("trace_id")).isEqualTo(ID);
        TraceScope.run(
                inner,
                () -> {
                    assertThat(TraceScope.current()).isEqualTo(inner);
                    assertThat(MDC.get("trace_id")).isEqualTo(inner.traceId());
                });
        TraceScope none = TraceScope.enter("broken");
        assertThat(TraceScope.current()).isEqualTo(outer);
        none.close();
        assertThat(MDC.get("trace_id")).isEqualTo(ID);
        first.close();
        assertThat(TraceScope.current()).isNull();
        assertThat(MDC.get("trace_id")).isNull();
    }
}
