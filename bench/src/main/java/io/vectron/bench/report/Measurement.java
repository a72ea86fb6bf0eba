package io.vectron.bench.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One row of a benchmark's result.
 *
 * @param bench benchmark, such as {@code smoke}
 * @param scenario what was measured, the JSON field {@code case}
 * @param engine what it was measured on, such as {@code vectron} or a peer
 * @param dataset vectors used, or "" where there are none
 * @param params settings, in the order they are shown
 * @param metrics figures by name; names carry their unit ({@code p50_ms}, {@code rss_mb})
 */
public record Measurement(
        String bench,
        String scenario,
        String engine,
        String dataset,
        Map<String, String> params,
        Map<String, Double> metrics) {

    /** Keeps the order of parameters and metrics; a measurement without a figure is refused. */
    public Measurement {
        if (metrics.isEmpty()) {
            throw new IllegalArgumentException("a measurement needs a metric: " + scenario);
        }
        params = Collections.unmodifiableMap(new LinkedHashMap<>(params));
        metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
    }

    /** The measurement as one line of JSON. */
    public String toJson() {
        var out = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(out)) {
            json.writeStartObject();
            json.writeStringField("bench", bench);
            json.writeStringField("case", scenario);
            json.writeStringField("engine", engine);
            json.writeStringField("dataset", dataset);
            json.writeObjectFieldStart("params");
            for (var param : params.entrySet()) {
                json.writeStringField(param.getKey(), param.getValue());
            }
            json.writeEndObject();
            json.writeObjectFieldStart("metrics");
            for (var metric : metrics.entrySet()) {
                json.writeNumberField(metric.getKey(), metric.getValue());
            }
            json.writeEndObject();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toString();
    }
}
