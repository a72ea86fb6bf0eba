package io.vectron.standalone.demo;

import com.fasterxml.jackson.core.JsonGenerator;
import io.vectron.cli.terminal.JsonLine;
import io.vectron.cli.terminal.Style;
import io.vectron.proto.v1.Freshness;
import io.vectron.proto.v1.ScoredPoint;
import io.vectron.proto.v1.SearchResponse;
import io.vectron.proto.v1.Watermark;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An answer of the dictionary, and how fresh it is.
 *
 * @param question what was asked
 * @param response what the gateway answered
 * @param took from the question to the answer, the question's embedding included
 * @param answeredAt when it came
 * @param loaded words that Kafka had acknowledged by then
 * @param total words to load in all
 */
public record Answer(
        String question,
        SearchResponse response,
        Duration took,
        Instant answeredAt,
        int loaded,
        int total) {

    /** For people: a line a result, one about freshness, and an empty one. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        for (ScoredPoint result : response.getResultsList()) {
            Word word = Library.word(result.getId(), result.getPoint());
            lines.add(
                    String.format(Locale.ROOT, "  %.3f  ", result.getScore())
                            + Style.GREEN.of(word.words())
                            + "  ("
                            + word.partOfSpeech()
                            + ")  "
                            + word.definition());
        }
        if (response.getResultsCount() == 0) {
            lines.add("  nothing is searchable yet");
        }
        lines.add(Style.DIM.of("  " + freshness()));
        lines.add("");
        return lines;
    }

    /** For programs. */
    public String json() {
        return JsonLine.of(this::write);
    }

    private String freshness() {
        StringBuilder text = new StringBuilder();
        text.append(String.format(Locale.ROOT, "%,d of %,d words loaded", loaded, total));
        Duration age = age();
        text.append(
                age == null
                        ? " | age of the answer not known yet"
                        : String.format(
                                Locale.ROOT, " | includes all written until %d ms ago", ms(age)));
        for (Watermark watermark : response.getFreshness().getWatermarksList()) {
            text.append(
                    String.format(
                            Locale.ROOT,
                            " | shard %d at %,d",
                            watermark.getShard(),
                            watermark.getPosition()));
        }
        text.append(
                String.format(
                        Locale.ROOT,
                        " | %d of %d shards | %d ms",
                        response.getShardsAnswered(),
                        response.getShardsAsked(),
                        ms(took)));
        return text.toString();
    }

    private void write(JsonGenerator json) throws IOException {
        json.writeStringField("event", "answer");
        json.writeStringField("query", question);
        json.writeNumberField("took_ms", took.toNanos() / 1e6);
        json.writeNumberField("loaded", loaded);
        json.writeNumberField("total", total);
        json.writeArrayFieldStart("results");
        for (ScoredPoint result : response.getResultsList()) {
            Word word = Library.word(result.getId(), result.getPoint());
            json.writeStartObject();
            json.writeStringField("id", result.getId());
            json.writeStringField("words", word.words());
            json.writeStringField("part_of_speech", word.partOfSpeech());
            json.writeStringField("definition", word.definition());
            json.writeNumberField("score", result.getScore());
            json.writeNumberField("distance", result.getDistance());
            json.writeNumberField("version", result.getVersion());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeNumberField("shards_asked", response.getShardsAsked());
        json.writeNumberField("shards_answered", response.getShardsAnswered());
        json.writeBooleanField("partial", response.getPartial());
        writeFreshness(json);
    }

    private void writeFreshness(JsonGenerator json) throws IOException {
        json.writeArrayFieldStart("watermarks");
        for (Watermark watermark : response.getFreshness().getWatermarksList()) {
            json.writeStartObject();
            json.writeNumberField("shard", watermark.getShard());
            json.writeStringField("topic_id", watermark.getTopicId());
            json.writeNumberField("position", watermark.getPosition());
            json.writeNumberField("epoch", watermark.getEpoch());
            json.writeNumberField("generation", watermark.getGeneration());
            json.writeEndObject();
        }
        json.writeEndArray();
        Instant asOf = freshAsOf();
        Duration age = age();
        if (asOf == null || age == null) {
            json.writeNullField("fresh_as_of");
            json.writeNullField("fresh_age_ms");
        } else {
            json.writeStringField("fresh_as_of", asOf.toString());
            json.writeNumberField("fresh_age_ms", age.toNanos() / 1e6);
        }
    }

    private @Nullable Instant freshAsOf() {
        Freshness freshness = response.getFreshness();
        return freshness.hasFreshAsOf()
                ? Instant.ofEpochSecond(
                        freshness.getFreshAsOf().getSeconds(), freshness.getFreshAsOf().getNanos())
                : null;
    }

    private @Nullable Duration age() {
        Instant asOf = freshAsOf();
        return asOf == null ? null : Duration.between(asOf, answeredAt);
    }

    private static long ms(Duration duration) {
        return Math.round(duration.toNanos() / 1e6);
    }
}
