package io.vectron.common.record;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.NumberInput;
import io.vectron.proto.log.v1.Field;
import io.vectron.proto.log.v1.GeoPoint;
import io.vectron.proto.log.v1.ListValue;
import io.vectron.proto.log.v1.MapValue;
import io.vectron.proto.log.v1.Payload;
import io.vectron.proto.log.v1.Value;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the payload of a JSON point.
 *
 * <p>A number with fraction or exponent is a double, the nearest one; any other is an int64, and
 * refused if it does not fit, since a nearest double would be another number. A field that is null
 * is left out, as if it were not there; null in a list is refused, since leaving it out would move
 * its neighbours.
 */
final class JsonPayload {
    private static final int NANOS_PER_MICRO = 1_000;
    private static final long MICROS_PER_SECOND = 1_000_000;

    private final JsonParser in;
    private final int maxDepth;
    private final int maxValues;
    private int values;

    /**
     * A reader of one payload.
     *
     * @param maxDepth deepest level of a value
     * @param maxValues most fields and list elements in all
     */
    JsonPayload(JsonParser in, int maxDepth, int maxValues) {
        this.in = in;
        this.maxDepth = maxDepth;
        this.maxValues = maxValues;
    }

    /** Reads the object whose opening brace was read, through its closing one. */
    Payload read() throws IOException {
        return Payload.newBuilder().addAllFields(fields(in.nextToken(), "payload", 1)).build();
    }

    /** Fields and list elements that were read. */
    int values() {
        return values;
    }

    private List<Field> fields(JsonToken first, String where, int level) throws IOException {
        List<Field> fields = new ArrayList<>();
        Set<String> keys = new HashSet<>();
        for (JsonToken token = first; token != JsonToken.END_OBJECT; token = in.nextToken()) {
            String key = in.currentName();
            JsonPoints.requirePaired(key, where);
            String path = where + "." + UnicodeText.shortened(key);
            // Here, since a null would hide its twin from the scan of the canonical form.
            if (!keys.add(key)) {
                throw new RuleException(
                        Rule.PAYLOAD_DUPLICATE_KEY, path + ": a key that occurs twice");
            }
            Value value = value(in.nextToken(), path, level);
            if (value != null) {
                fields.add(Field.newBuilder().setKey(key).setValue(value).build());
            }
        }
        return fields;
    }

    private @Nullable Value value(JsonToken token, String path, int level) throws IOException {
        if (level > maxDepth) {
            throw new RuleException(
                    Rule.PAYLOAD_TOO_DEEP, path + ": nested deeper than " + maxDepth + " levels");
        }
        values++;
        if (values > maxValues) {
            throw new RuleException(
                    Rule.PAYLOAD_TOO_LARGE, "payload has more than " + maxValues + " values");
        }
        return switch (token) {
            case VALUE_NULL -> null;
            case VALUE_TRUE -> Value.newBuilder().setBoolValue(true).build();
            case VALUE_FALSE -> Value.newBuilder().setBoolValue(false).build();
            case VALUE_STRING -> {
                String text = in.getText();
                JsonPoints.requirePaired(text, path);
                yield Value.newBuilder().setStringValue(text).build();
            }
            case VALUE_NUMBER_INT -> Value.newBuilder().setInt64Value(int64(path)).build();
            case VALUE_NUMBER_FLOAT -> Value.newBuilder().setDoubleValue(number()).build();
            case START_ARRAY -> Value.newBuilder().setListValue(list(path, level + 1)).build();
            case START_OBJECT -> object(path, level);
            case NOT_AVAILABLE, END_OBJECT, END_ARRAY, FIELD_NAME, VALUE_EMBEDDED_OBJECT ->
                    throw new IllegalStateException("no value starts with " + token);
        };
    }

    private ListValue list(String path, int level) throws IOException {
        ListValue.Builder list = ListValue.newBuilder();
        for (JsonToken token = in.nextToken();
                token != JsonToken.END_ARRAY;
                token = in.nextToken()) {
            String element = path + "[" + list.getValuesCount() + "]";
            Value value = value(token, element, level);
            if (value == null) {
                throw new RuleException(Rule.JSON_NULL_IN_LIST, element + " is null");
            }
            list.addValues(value);
        }
        return list.build();
    }

    private Value object(String path, int level) throws IOException {
        JsonToken first = in.nextToken();
        if (first == JsonToken.FIELD_NAME) {
            String key = in.currentName();
            if (key.equals(PayloadJson.TIME)) {
                return time(path);
            }
            if (key.equals(PayloadJson.GEO)) {
                return geo(path);
            }
        }
        List<Field> fields = fields(first, path, level + 1);
        return Value.newBuilder().setMapValue(MapValue.newBuilder().addAllFields(fields)).build();
    }

    private long int64(String path) throws IOException {
        if (in.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
            throw new RuleException(
                    Rule.JSON_INTEGER_OUT_OF_RANGE,
                    path + " does not fit 64 bits: " + UnicodeText.shortened(in.getText()));
        }
        return in.getLongValue();
    }

    /** The nearest double; an infinite one is refused by the scan of the canonical form. */
    private double number() throws IOException {
        return NumberInput.parseDouble(in.getText(), true);
    }

    private Value time(String path) throws IOException {
        if (in.nextToken() != JsonToken.VALUE_STRING) {
            throw new RuleException(Rule.JSON_TIME_INVALID, path + ": $time is not a string");
        }
        String text = in.getText();
        long micros;
        try {
            Instant instant = OffsetDateTime.parse(text).toInstant();
            if (instant.getNano() % NANOS_PER_MICRO != 0) {
                throw new RuleException(
                        Rule.JSON_TIME_INVALID,
                        path + ": $time is finer than microseconds: " + text);
            }
            micros =
                    Math.addExact(
                            Math.multiplyExact(instant.getEpochSecond(), MICROS_PER_SECOND),
                            instant.getNano() / NANOS_PER_MICRO);
        } catch (DateTimeException | ArithmeticException e) {
            throw new RuleException(
                    Rule.JSON_TIME_INVALID,
                    path + ": $time is not RFC 3339: " + UnicodeText.shortened(text));
        }
        requireAlone(PayloadJson.TIME, Rule.JSON_TIME_INVALID, path);
        return Value.newBuilder().setTimeMicros(micros).build();
    }

    private Value geo(String path) throws IOException {
        if (in.nextToken() != JsonToken.START_OBJECT) {
            throw badGeo(path);
        }
        GeoPoint.Builder geo = GeoPoint.newBuilder();
        Set<String> keys = new HashSet<>();
        while (in.nextToken() != JsonToken.END_OBJECT) {
            String key = in.currentName();
            if (!in.nextToken().isNumeric() || !keys.add(key)) {
                throw badGeo(path);
            }
            switch (key) {
                case PayloadJson.LATITUDE -> geo.setLatitude(number());
                case PayloadJson.LONGITUDE -> geo.setLongitude(number());
                default -> throw badGeo(path);
            }
        }
        if (keys.size() != 2) {
            throw badGeo(path);
        }
        requireAlone(PayloadJson.GEO, Rule.PAYLOAD_GEO_INVALID, path);
        return Value.newBuilder().setGeoValue(geo).build();
    }

    private void requireAlone(String key, Rule rule, String path) throws IOException {
        if (in.nextToken() != JsonToken.END_OBJECT) {
            throw new RuleException(rule, path + ": nothing may stand beside " + key);
        }
    }

    private static RuleException badGeo(String path) {
        return new RuleException(
                Rule.PAYLOAD_GEO_INVALID,
                path + ": $geo is not {\"lat\": number, \"lon\": number}");
    }
}
