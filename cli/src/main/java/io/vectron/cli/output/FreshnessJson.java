package io.vectron.cli.output;

import com.fasterxml.jackson.core.JsonGenerator;
import io.vectron.proto.v1.Freshness;
import io.vectron.proto.v1.Watermark;
import java.io.IOException;
import java.util.stream.Collectors;

/** The state that an answer was given in. */
public final class FreshnessJson {
    private FreshnessJson() {}

    /** Writes the field {@code freshness}. */
    public static void write(Freshness freshness, JsonGenerator json) throws IOException {
        json.writeObjectFieldStart("freshness");
        json.writeArrayFieldStart("watermarks");
        for (Watermark watermark : freshness.getWatermarksList()) {
            json.writeStartObject();
            json.writeNumberField("shard", watermark.getShard());
            json.writeStringField("topic_id", watermark.getTopicId());
            json.writeNumberField("position", watermark.getPosition());
            json.writeNumberField("epoch", watermark.getEpoch());
            json.writeNumberField("generation", watermark.getGeneration());
            json.writeEndObject();
        }
        json.writeEndArray();
        if (freshness.hasFreshAsOf()) {
            json.writeStringField("fresh_as_of", Names.time(freshness.getFreshAsOf()));
        }
        json.writeEndObject();
    }

    /** For people, a line. */
    public static String text(Freshness freshness) {
        String positions =
                freshness.getWatermarksList().stream()
                        .map(w -> w.getShard() + ":" + w.getPosition())
                        .collect(Collectors.joining(" "));
        String until =
                freshness.hasFreshAsOf()
                        ? "everything until " + Names.time(freshness.getFreshAsOf())
                        : "of unknown age";
        return "fresh: " + until + "; position by shard " + positions;
    }
}
