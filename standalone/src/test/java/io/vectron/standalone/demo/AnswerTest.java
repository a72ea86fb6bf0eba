package io.vectron.standalone.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Timestamp;
import io.vectron.proto.v1.Freshness;
import io.vectron.proto.v1.ScoredPoint;
import io.vectron.proto.v1.SearchResponse;
import io.vectron.proto.v1.Watermark;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class AnswerTest {
    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
    private static final Word COBBLER =
            new Word("n1", "noun", "cobbler, shoemaker", "a person who makes or repairs shoes");

    @Test
    void aPersonReadsWordsAndFreshness() {
        assertThat(answer(true).lines())
                .containsExactly(
                        "  0.813  cobbler, shoemaker  (noun)  a person who makes or repairs shoes",
                        "  150 of 2,000 words loaded | includes all written until 40 ms ago"
                                + " | shard 0 at 151 | 1 of 1 shards | 12 ms",
                        "");
    }

    @Test
    void freshnessIsNotMadeUp() {
        assertThat(answer(false).lines().get(1)).contains("age of the answer not known yet");
        assertThat(answer(false).json()).contains("\"fresh_as_of\":null", "\"fresh_age_ms\":null");
    }

    @Test
    void aProgramReadsEverything() {
        assertThat(answer(true).json())
                .startsWith("{\"event\":\"answer\",\"query\":\"who mends shoes?\"")
                .contains(
                        "\"took_ms\":12.0",
                        "\"loaded\":150,\"total\":2000",
                        "{\"id\":\"n1\",\"words\":\"cobbler, shoemaker\"",
                        "\"distance\":0.187,\"version\":7}",
                        "\"shards_asked\":1,\"shards_answered\":1,\"partial\":false",
                        "{\"shard\":0,\"topic_id\":\"abc\",\"position\":151,\"epoch\":1,"
                                + "\"generation\":1}",
                        "\"fresh_as_of\":\"2026-01-01T11:59:59.960Z\",\"fresh_age_ms\":40.0")
                .doesNotContain("\n");
    }

    private static Answer answer(boolean fresh) {
        Freshness.Builder freshness =
                Freshness.newBuilder()
                        .addWatermarks(
                                Watermark.newBuilder()
                                        .setTopicId("abc")
                                        .setPosition(151)
                                        .setEpoch(1)
                                        .setGeneration(1));
        if (fresh) {
            Instant asOf = NOW.minusMillis(40);
            freshness.setFreshAsOf(
                    Timestamp.newBuilder()
                            .setSeconds(asOf.getEpochSecond())
                            .setNanos(asOf.getNano()));
        }
        SearchResponse response =
                SearchResponse.newBuilder()
                        .addResults(
                                ScoredPoint.newBuilder()
                                        .setId(COBBLER.id())
                                        .setScore(0.813f)
                                        .setDistance(0.187f)
                                        .setVersion(7)
                                        .setPoint(Library.point(COBBLER, new float[] {1, 0})))
                        .setShardsAsked(1)
                        .setShardsAnswered(1)
                        .setFreshness(freshness)
                        .build();
        Duration took = Duration.ofMillis(12);
        return new Answer("who mends shoes?", response, took, NOW, 150, 2_000);
    }
}
