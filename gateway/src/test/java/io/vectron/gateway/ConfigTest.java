package io.vectron.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Deadline;
import io.vectron.common.rpc.Address;
import io.vectron.gateway.config.Deadlines;
import io.vectron.gateway.config.FreshnessConfig;
import io.vectron.gateway.config.GatewayConfig;
import io.vectron.gateway.config.GatewayLimits;
import io.vectron.gateway.config.KafkaConfig;
import io.vectron.gateway.config.LookupLimits;
import io.vectron.gateway.config.RestConfig;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigTest {

    @Test
    void theDefaultsAreThoseDocumented() {
        KafkaConfig kafka = new KafkaConfig("127.0.0.1:9092", Map.of());
        GatewayConfig config =
                GatewayConfig.of("127.0.0.1", 9090, 8080, kafka, new Address("127.0.0.1", 7000));
        assertThat(config.deadlines())
                .isEqualTo(
                        new Deadlines(
                                Duration.ofSeconds(30),
                                Duration.ofMinutes(5),
                                Duration.ofSeconds(30),
                                Duration.ofSeconds(2),
                                Duration.ofMillis(250),
                                Duration.ofMillis(500),
                                Duration.ofMillis(50)));
        assertThat(config.limits()).isEqualTo(new GatewayLimits(1_024, 128 << 20));
        assertThat(config.lookups()).isEqualTo(new LookupLimits(8, 50_000, 32 << 20, 50_000));
        assertThat(config.freshness())
                .isEqualTo(
                        new FreshnessConfig(
                                Duration.ofMillis(100),
                                Duration.ofSeconds(10),
                                Duration.ofMillis(300),
                                512,
                                4_096));
    }

    @ParameterizedTest
    @ValueSource(strings = {"acks", "enable.idempotence", "partitioner.class", "transactional.id"})
    void thePromiseOfAWriteCannotBeConfiguredAway(String key) {
        assertThatThrownBy(() -> new KafkaConfig("127.0.0.1:9092", Map.of(key, "x")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(key);
    }

    @Test
    void nonsenseIsRefused() {
        KafkaConfig kafka = new KafkaConfig("127.0.0.1:9092", Map.of());
        Address placement = new Address("127.0.0.1", 7000);
        assertThatThrownBy(() -> new KafkaConfig(" ", Map.of()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> GatewayConfig.of("", 9090, 8080, kafka, placement))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> GatewayConfig.of("127.0.0.1", 65_536, 8080, kafka, placement))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new GatewayLimits(0, 8 << 20))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new GatewayLimits(1, (8 << 20) - 1))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void limitsUnderWhichNothingGetsOnAreRefused() {
        assertThat(new LookupLimits(1, 100, 8 << 20, 1)).isNotNull();
        assertThatThrownBy(() -> new LookupLimits(0, 100, 8 << 20, 1))
                .hasMessageContaining("readers");
        assertThatThrownBy(() -> new LookupLimits(1, 99, 8 << 20, 1))
                .hasMessageContaining("records");
        assertThatThrownBy(() -> new LookupLimits(1, 100, (8 << 20) - 1, 1))
                .hasMessageContaining("readBytes");
        assertThatThrownBy(() -> new LookupLimits(1, 100, 8 << 20, 0))
                .hasMessageContaining("settledLetters");
    }

    /** Of the memory, a quarter is kept for small requests: the rest must admit a large one. */
    @Test
    void memoryOverHttpAdmitsTheLargestRequest() {
        RestConfig usual = RestConfig.at(0);
        assertThat(rest(usual, 54 << 20).memoryBytes()).isEqualTo(54 << 20);
        assertThatThrownBy(() -> rest(usual, 53 << 20)).hasMessageContaining("memoryBytes");
    }

    private static RestConfig rest(RestConfig usual, int memoryBytes) {
        return new RestConfig(0, usual.connections(), usual.idle(), usual.body(), memoryBytes);
    }

    @Test
    void workEndsALittleBeforeItsRequest() {
        Deadline request = Deadline.after(10, TimeUnit.SECONDS);
        long kept =
                request.timeRemaining(TimeUnit.MILLISECONDS)
                        - Deadlines.DEFAULT.ofWork(request).timeRemaining(TimeUnit.MILLISECONDS);
        assertThat(kept).isBetween(45L, 51L);
        assertThat(Deadlines.DEFAULT.ofWork(Deadline.after(-1, TimeUnit.SECONDS)).isExpired())
                .isTrue();
    }
}
