package io.vectron.common.record;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.NumberInput;
import com.google.common.base.Utf8;
import io.vectron.common.limit.Limits;
import io.vectron.proto.log.v1.DenseF32;
import io.vectron.proto.log.v1.NamedVector;
import io.vectron.proto.log.v1.Payload;
import io.vectron.proto.log.v1.Point;
import io.vectron.proto.v1.PointToWrite;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads points from JSON:
 *
 * <pre>
 * {"vector": [0.1, 0.2], "payload": {"any": ["thing", 1, 2.5, true, {"nested": null}]}}
 * {"vectors": {"": [0.1, 0.2]}}
 * {"payload": {"at": {"$time": "2026-01-01T00:00:00Z"}, "in": {"$geo": {"lat": 1, "lon": 2}}}}
 * </pre>
 *
 * <p>Components go straight to the nearest 32-bit float, whatever number they are written as. How
 * values of a payload are read stands at {@link JsonPayload}.
 */
public final class JsonPoints {
    /** Longest number, characters; more than any 64-bit float needs to be told exactly. */
    private static final int MAX_NUMBER_CHARACTERS = 2_000;

    /**
     * Longest name of a field, characters; more than any that a rule allows. The parsers keep names
     * for each other, some thousands of them: long ones would fill the heap.
     */
    private static final int MAX_NAME_CHARACTERS = 4 * Limits.PAYLOAD_KEY_BYTES;

    private static final String ID = "id";

    private static final JsonFactory JSON =
            JsonFactory.builder()
                    // Field names come from users: they must not pile up in the JVM's tables.
                    .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                    .disable(JsonFactory.Feature.CHARSET_DETECTION)
                    .streamReadConstraints(
                            StreamReadConstraints.builder()
                                    .maxNumberLength(MAX_NUMBER_CHARACTERS)
                                    .maxNameLength(MAX_NAME_CHARACTERS)
                                    .maxStringLength(Limits.RECORD_BYTES)
                                    .build())
                    .build();

    private JsonPoints() {}

    /**
     * Reads a point.
     *
     * @param maxDepth deepest level of a payload's value
     * @throws RuleException a rule about JSON
     */
    static Point decode(byte[] bytes, int maxDepth) {
        return decode(bytes, maxDepth, null);
    }

    /**
     * Reads a point with its id beside, {@code {"id": "a", "vector": [0.1, 0.2]}}.
     *
     * @param maxDepth deepest level of a payload's value
     * @throws RuleException a rule about JSON, or {@link Rule#ID_MISSING}
     */
    static PointToWrite decodeWithId(byte[] bytes, int maxDepth) {
        PointToWrite.Builder named = PointToWrite.newBuilder();
        Point point = decode(bytes, maxDepth, named);
        if (named.getId().isEmpty()) {
            throw new RuleException(Rule.ID_MISSING, "the point has no " + ID);
        }
        return named.setPoint(point).build();
    }

    private static Point decode(byte[] bytes, int maxDepth, PointToWrite.@Nullable Builder named) {
        if (!Utf8.isWellFormed(bytes)) {
            throw new RuleException(Rule.JSON_MALFORMED, "value is not UTF-8");
        }
        try (JsonParser in = parser(bytes, bytes.length)) {
            expect(in.nextToken(), JsonToken.START_OBJECT, "value", "an object");
            Point point = point(in, maxDepth, named);
            if (in.nextToken() != null) {
                throw new RuleException(Rule.JSON_MALFORMED, "text follows the JSON object");
            }
            return point;
        } catch (StreamConstraintsException e) {
            throw new RuleException(
                    Rule.JSON_MALFORMED, "beyond limits: " + e.getOriginalMessage());
        } catch (JsonProcessingException e) {
            throw new RuleException(
                    Rule.JSON_MALFORMED,
                    "not JSON at byte "
                            + e.getLocation().getByteOffset()
                            + ": "
                            + e.getOriginalMessage());
        } catch (IOException e) {
            // What an array cannot do by itself: the parser objects to the encoding.
            throw new RuleException(Rule.JSON_MALFORMED, "not JSON: " + e.getMessage());
        }
    }

    /**
     * A parser with the limits that hold for every JSON text of ours.
     *
     * @param utf8 well-formed UTF-8
     * @param length how much of it is text
     */
    public static JsonParser parser(byte[] utf8, int length) throws IOException {
        return JSON.createParser(utf8, 0, length);
    }

    private static Point point(JsonParser in, int maxDepth, PointToWrite.@Nullable Builder named)
            throws IOException {
        Point.Builder point = Point.newBuilder();
        Set<String> seen = new HashSet<>();
        while (in.nextToken() != JsonToken.END_OBJECT) {
            String name = in.currentName();
            if (!seen.add(name)) {
                throw new RuleException(Rule.JSON_DUPLICATE_KEY, name + " occurs twice");
            }
            JsonToken token = in.nextToken();
            switch (name) {
                case "vector" -> point.addVectors(vector(in, token, "", Integer.MAX_VALUE));
                case "vectors" -> vectors(in, token, point);
                case "payload" -> {
                    if (token != JsonToken.VALUE_NULL) {
                        point.setPayload(
                                payload(in, token, maxDepth, Integer.MAX_VALUE, values -> {}));
                    }
                }
                case "schema" ->
                        throw new RuleException(
                                Rule.JSON_UNKNOWN_FIELD,
                                "a point has no schema; if Kafka Connect wrote it, set"
                                        + " value.converter.schemas.enable=false");
                default -> {
                    if (named == null || !name.equals(ID)) {
                        throw new RuleException(
                                Rule.JSON_UNKNOWN_FIELD,
                                "a point has vector or vectors, and payload, but no "
                                        + UnicodeText.shortened(name));
                    }
                    expect(token, JsonToken.VALUE_STRING, ID, "a string");
                    requirePaired(in.getText(), ID);
                    named.setId(in.getText());
                }
            }
        }
        return point.build();
    }

    private static void vectors(JsonParser in, JsonToken token, Point.Builder point)
            throws IOException {
        expect(token, JsonToken.START_OBJECT, "vectors", "an object");
        Set<String> names = new HashSet<>();
        while (in.nextToken() != JsonToken.END_OBJECT) {
            String name = vectorName(in, names);
            point.addVectors(vector(in, in.nextToken(), name, Integer.MAX_VALUE));
        }
    }

    /**
     * The name of a vector in the object that holds a point's vectors by name.
     *
     * @param names those before it; this one is added
     * @throws RuleException JSON_DUPLICATE_KEY or JSON_MALFORMED
     */
    public static String vectorName(JsonParser in, Set<String> names) throws IOException {
        String name = in.currentName();
        requirePaired(name, "vectors");
        if (!names.add(name)) {
            throw new RuleException(
                    Rule.JSON_DUPLICATE_KEY,
                    "vectors: " + UnicodeText.shortened(name) + " occurs twice");
        }
        return name;
    }

    /**
     * Reads a vector.
     *
     * @param token the parser's current one
     * @param name name that the vector gets
     * @param maxComponents more are refused as soon as they are seen
     * @throws RuleException a rule about JSON, or DIMENSION_MISMATCH
     */
    public static NamedVector vector(JsonParser in, JsonToken token, String name, int maxComponents)
            throws IOException {
        String where = VectorRule.label(UnicodeText.shortened(name));
        expect(token, JsonToken.START_ARRAY, where, "a list of numbers");
        DenseF32.Builder values = DenseF32.newBuilder();
        for (JsonToken next = in.nextToken(); next != JsonToken.END_ARRAY; next = in.nextToken()) {
            if (!next.isNumeric()) {
                throw new RuleException(
                        Rule.JSON_TYPE_MISMATCH,
                        where + " is not a number at component " + values.getValuesCount());
            }
            if (values.getValuesCount() == maxComponents) {
                throw new RuleException(
                        Rule.DIMENSION_MISMATCH,
                        where + " has more than " + maxComponents + " components");
            }
            values.addValues(
                    NumberInput.parseFloat(
                            in.getTextCharacters(), in.getTextOffset(), in.getTextLength(), true));
        }
        return NamedVector.newBuilder().setName(name).setF32(values).build();
    }

    /**
     * Reads a payload.
     *
     * @param token the parser's current one
     * @param maxDepth deepest level of a value
     * @param maxValues more are refused as soon as they are seen
     * @param values told how many fields and list elements there are in all
     * @throws RuleException a rule about JSON or about payloads
     */
    public static Payload payload(
            JsonParser in, JsonToken token, int maxDepth, int maxValues, IntConsumer values)
            throws IOException {
        expect(token, JsonToken.START_OBJECT, "payload", "an object");
        JsonPayload reader = new JsonPayload(in, maxDepth, maxValues);
        Payload payload = reader.read();
        values.accept(reader.values());
        return payload;
    }

    /** Refuses another token: JSON_TYPE_MISMATCH. */
    public static void expect(JsonToken token, JsonToken expected, String where, String what) {
        if (token != expected) {
            throw new RuleException(Rule.JSON_TYPE_MISMATCH, where + " is not " + what);
        }
    }

    /** Escapes can name half of a pair, which no UTF-8 can hold. */
    static void requirePaired(String text, String where) {
        if (!UnicodeText.isPaired(text)) {
            throw new RuleException(
                    Rule.JSON_MALFORMED, where + ": a string has half of a surrogate pair");
        }
    }
}
