package io.vectron.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoIT {
    private static final Duration DEADLINE = Duration.ofMinutes(4);
    private static final int WORDS = 300;

    @TempDir Path folder;

    @Test
    void answersByMeaningAndSaysHowFreshTheAnswerIs() throws Exception {
        try (Launcher first = demo("a human being", "the time after sunset")) {
            first.event("ready", DEADLINE);
            JsonNode loaded = first.event("loaded", DEADLINE);
            assertThat(loaded.path("embedded").asInt()).isEqualTo(WORDS);
            JsonNode answer = first.event("answer", DEADLINE);
            assertThat(answer.path("query").asText()).isEqualTo("a human being");
            assertThat(answer.path("results").get(0).path("words").asText())
                    .startsWith("person, individual");
            assertFresh(answer);
            assertThat(first.event("answer", DEADLINE).path("results")).hasSize(5);
            assertThat(first.exit(DEADLINE)).isZero();
        }
        try (Launcher second = demo("a human being")) {
            JsonNode loaded = second.event("loaded", DEADLINE);
            assertThat(loaded.path("kept").asInt()).isEqualTo(WORDS);
            assertThat(loaded.path("embedded").asInt()).isZero();
            assertFresh(second.event("answer", DEADLINE));
            assertThat(second.exit(DEADLINE)).isZero();
        }
    }

    private static void assertFresh(JsonNode answer) {
        assertThat(answer.path("loaded").asInt()).isEqualTo(WORDS);
        assertThat(answer.path("shards_asked").asInt()).isEqualTo(1);
        assertThat(answer.path("shards_answered").asInt()).isEqualTo(1);
        assertThat(answer.path("partial").asBoolean()).isFalse();
        JsonNode watermark = answer.path("watermarks").get(0);
        assertThat(watermark.path("position").asLong()).isGreaterThanOrEqualTo(WORDS);
        assertThat(Instant.parse(answer.path("fresh_as_of").asText())).isBefore(Instant.now());
    }

    private Launcher demo(String... questions) throws Exception {
        String[] arguments = {
            "demo", "--json", "--data", "data", "--port-base", "0", "--count", "" + WORDS
        };
        String[] all = new String[arguments.length + 2 * questions.length];
        System.arraycopy(arguments, 0, all, 0, arguments.length);
        for (int i = 0; i < questions.length; i++) {
            all[arguments.length + 2 * i] = "--query";
            all[arguments.length + 2 * i + 1] = questions[i];
        }
        return Launcher.start(folder, Map.of(), all);
    }
}
