package io.vectron.common.record;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.vectron.proto.log.v1.Field;
import io.vectron.proto.log.v1.Payload;
import io.vectron.proto.log.v1.Value;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;

/** Payloads as JSON text, in the syntax that records may use. */
public final class PayloadJson {
    /** Key of the object that stands for a time. */
    static final String TIME = "$time";

    /** Key of the object that stands for a place. */
    static final String GEO = "$geo";

    /** Degrees north within {@link #GEO}. */
    static final String LATITUDE = "lat";

    /** Degrees east within {@link #GEO}. */
    static final String LONGITUDE = "lon";

    private static final JsonFactory JSON = new JsonFactory();
    private static final long MICROS_PER_SECOND = 1_000_000;

    private PayloadJson() {}

    /**
     * The payload as one JSON object on one line, fields in the payload's order. Times are {@code
     * {"$time":"2026-01-01T00:00:00Z"}}, places {@code {"$geo":{"lat":1.0,"lon":2.0}}}.
     *
     * @param payload as {@link RecordValidator} accepts it: nested no deeper than a collection
     *     allows
     */
    public static String print(Payload payload) {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = JSON.createGenerator(text)) {
            print(payload.getFieldsList(), out);
        } catch (IOException e) {
            throw new UncheckedIOException("a string cannot be written to", e);
        }
        return text.toString();
    }

    /** Writes the payload as {@link #print(Payload)} does, into a larger text. */
    public static void write(Payload payload, JsonGenerator out) throws IOException {
        print(payload.getFieldsList(), out);
    }

    private static void print(List<Field> fields, JsonGenerator out) throws IOException {
        out.writeStartObject();
        for (Field field : fields) {
            out.writeFieldName(field.getKey());
            print(field.getValue(), out);
        }
        out.writeEndObject();
    }

    private static void print(Value value, JsonGenerator out) throws IOException {
        switch (value.getKindCase()) {
            case INT64_VALUE -> out.writeNumber(value.getInt64Value());
            case DOUBLE_VALUE -> out.writeNumber(value.getDoubleValue());
            case STRING_VALUE -> out.writeString(value.getStringValue());
            case BOOL_VALUE -> out.writeBoolean(value.getBoolValue());
            case TIME_MICROS -> {
                out.writeStartObject();
                out.writeStringField(TIME, instant(value.getTimeMicros()).toString());
                out.writeEndObject();
            }
            case LIST_VALUE -> {
                out.writeStartArray();
                for (Value element : value.getListValue().getValuesList()) {
                    print(element, out);
                }
                out.writeEndArray();
            }
            case MAP_VALUE -> print(value.getMapValue().getFieldsList(), out);
            case GEO_VALUE -> {
                out.writeStartObject();
                out.writeObjectFieldStart(GEO);
                out.writeNumberField(LATITUDE, value.getGeoValue().getLatitude());
                out.writeNumberField(LONGITUDE, value.getGeoValue().getLongitude());
                out.writeEndObject();
                out.writeEndObject();
            }
            case KIND_NOT_SET -> throw new IllegalArgumentException("a payload value has no kind");
        }
    }

    private static Instant instant(long micros) {
        return Instant.ofEpochSecond(
                Math.floorDiv(micros, MICROS_PER_SECOND),
                Math.floorMod(micros, MICROS_PER_SECOND) * 1_000);
    }
}
