package io.vectron.gateway.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.grpc.Deadline;
import io.vectron.common.error.ErrorCode;
import io.vectron.common.error.VectronException;
import io.vectron.gateway.config.KafkaConfig;
import io.vectron.gateway.log.LogReader.Visibility;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Who may read; what is read is tested on a broker. Sessions connect when they are first used. */
class KafkaLogReaderTest {
    private static final KafkaConfig NOWHERE = new KafkaConfig("127.0.0.1:1", Map.of());

    @Test
    void soManySessionsAndNoMore() {
        try (KafkaLogReader reader = new KafkaLogReader(NOWHERE, 2);
                LogSession first = open(reader)) {
            LogSession second = open(reader);
            assertThat(first).isNotSameAs(second);
            assertThatThrownBy(() -> open(reader))
                    .asInstanceOf(type(VectronException.class))
                    .satisfies(refused -> {
                        assertThat(refused.code()).isEqualTo(ErrorCode.OVERLOADED);
                        assertThat(refused.metadata()).containsEntry("retry_after_ms", "200");
                    });

            second.close();
            open(reader).close();
        }
    }

    @Test
    void aSessionClosedTwiceGivesItsPlaceBackOnce() {
        try (KafkaLogReader reader = new KafkaLogReader(NOWHERE, 1)) {
            LogSession once = open(reader);
            once.close();
            once.close();
            try (LogSession only = open(reader)) {
                assertThat(only).isNotNull();
                assertThatThrownBy(() -> open(reader))
                        .extracting(e -> ((VectronException) e).code())
                        .isEqualTo(ErrorCode.OVERLOADED);
            }
        }
    }

    @Test
    void nobodyBeginsToReadWhenItIsClosed() {
        KafkaLogReader reader = new KafkaLogReader(NOWHERE, 1);
        reader.close();
        assertThatThrownBy(() -> open(reader))
                .extracting(e -> ((VectronException) e).code())
                .isEqualTo(ErrorCode.SHUTTING_DOWN);
    }

    private static LogSession open(LogReader reader) {
        return reader.open(Visibility.COMMITTED, Deadline.after(5, TimeUnit.SECONDS));
    }
}
