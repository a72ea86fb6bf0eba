package io.vectron.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole path in a real process: Kafka to a search answer, over kill -9, to a clean end. */
class UpIT {
    /** Generous: the machine may be busy. How long it takes is a matter of the benchmark. */
    private static final Duration READY = Duration.ofMinutes(3);

    private static final Duration STOPPED = Duration.ofMinutes(1);

    @TempDir Path folder;

    @Test
    void keepsWhatKafkaAcknowledgedOverKillMinusNine() throws Exception {
        RecordMetadata logged;
        try (Launcher first = up()) {
            JsonNode ready = first.event("ready", READY);
            assertThat(ready.path("pid").asLong()).isEqualTo(first.pid());
            assertASecondStartIsRefused(first.pid());
            try (Api api = new Api(ready)) {
                String topic = api.create();
                RecordMetadata applied = api.produce(topic, "north", "[0, 1]");
                assertThat(api.search("[0, 1]", applied)).containsExactly("north");
                // Killed at once: this one is in the log, but perhaps nowhere else.
                logged = api.produce(topic, "east", "[1, 0]");
                first.kill();
            }
        }
        try (Launcher second = up()) {
            JsonNode ready = second.event("ready", READY);
            try (Api api = new Api(ready)) {
                assertThat(api.search("[0, 1]", logged)).containsExactly("north", "east");
                assertThat(api.search("[1, 0]", logged)).containsExactly("east", "north");
            }
            second.terminate();
            second.exit(STOPPED);
            assertThat(second.err())
                    .contains("stopping")
                    .containsPattern(
                            "stopped in .* s: gateway, job, worker, placement, flink, broker");
        }
    }

    private Launcher up() throws Exception {
        return Launcher.start(
                folder, Map.of(), "up", "--json", "--data", "data", "--port-base", "0");
    }

    private void assertASecondStartIsRefused(long holder) throws Exception {
        try (Launcher again = up()) {
            assertThat(again.exit(Duration.ofSeconds(30))).isEqualTo(1);
            assertThat(again.err()).contains("in use by another Vectron (process " + holder + ")");
        }
    }
}
