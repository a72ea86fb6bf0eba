package io.vectron.common.record;

import java.util.Locale;

/**
 * Why a record is refused. The names are permanent: they stand in dead letters and in errors. A
 * collection keeps the rules of the version it was created with.
 */
public enum Rule {
    /** The key is null or empty. */
    ID_MISSING,
    /** The id is longer than the collection allows. */
    ID_TOO_LONG,
    /** The id is not well-formed UTF-8. */
    ID_NOT_UTF8,
    /** The id starts with NUL, and the record is no barrier. */
    ID_RESERVED,
    /** The record lies in a partition that is not its id's home. */
    WRONG_PARTITION,
    /** Key and value together, or the value in canonical form, are larger than allowed. */
    RECORD_TOO_LARGE,
    /** Header {@code vectron-kind} names a kind that this key cannot have, or that is unknown. */
    KIND_UNSUPPORTED,
    /** Header {@code content-type} names neither JSON nor protobuf. */
    CONTENT_TYPE_UNSUPPORTED,
    /** The frame of a schema registry is cut off or malformed. */
    SCHEMA_REGISTRY_FRAME,
    /** The value is framed for a schema registry and neither JSON nor protobuf: Avro. */
    SCHEMA_REGISTRY_AVRO,
    /** The value is no protobuf: cut off, malformed, nested too deeply, or a string not UTF-8. */
    VALUE_UNDECODABLE,
    /** The protobuf has a field that {@code vectron.log.v1.Point} does not have, at any depth. */
    UNKNOWN_FIELD,
    /** The value is no single JSON text in UTF-8, or a string has half of a surrogate pair. */
    JSON_MALFORMED,
    /** A JSON value is of another type than its place asks for. */
    JSON_TYPE_MISMATCH,
    /** The top level of the JSON object has a field that is not defined. */
    JSON_UNKNOWN_FIELD,
    /** A JSON object outside the payload names a field twice. */
    JSON_DUPLICATE_KEY,
    /** A JSON list in the payload holds null. */
    JSON_NULL_IN_LIST,
    /** A JSON integer in the payload does not fit 64 bits; write it as a string or a decimal. */
    JSON_INTEGER_OUT_OF_RANGE,
    /** {@code $time} is not an RFC 3339 time of at most microseconds. */
    JSON_TIME_INVALID,
    /** The point has no vector, or lacks one that the collection declares. */
    VECTOR_MISSING,
    /** The collection declares no vector of this name. */
    VECTOR_UNKNOWN,
    /** The point has two vectors of one name. */
    VECTOR_DUPLICATE,
    /** The vector is of another type than the collection declares. */
    VECTOR_TYPE_UNSUPPORTED,
    /** The vector has another number of components than the collection declares. */
    DIMENSION_MISMATCH,
    /** A component is NaN or infinite, or does not fit 32 bits. */
    VECTOR_NOT_FINITE,
    /** All components are zero, under cosine. */
    VECTOR_ZERO,
    /** The payload is larger than allowed in canonical form. */
    PAYLOAD_TOO_LARGE,
    /** The payload is nested more deeply than allowed. */
    PAYLOAD_TOO_DEEP,
    /** A payload key is empty, longer than 256 bytes, or {@code $time} or {@code $geo}. */
    PAYLOAD_KEY_INVALID,
    /** A payload key occurs twice in one map. */
    PAYLOAD_DUPLICATE_KEY,
    /** A payload value has no kind. */
    PAYLOAD_VALUE_UNSET,
    /** A payload number is NaN or infinite, or does not fit 64 bits. */
    PAYLOAD_NOT_FINITE,
    /** A place is not within -90 to 90 degrees north and -180 to 180 degrees east. */
    PAYLOAD_GEO_INVALID;

    private final String key = name().toLowerCase(Locale.ROOT);

    /** The permanent name, as in {@code dimension_mismatch}. */
    public String key() {
        return key;
    }

    /** Whether the id itself is at fault, so that no point can have it. */
    public boolean concernsId() {
        return switch (this) {
            case ID_MISSING, ID_TOO_LONG, ID_NOT_UTF8, ID_RESERVED -> true;
            case WRONG_PARTITION,
                    RECORD_TOO_LARGE,
                    KIND_UNSUPPORTED,
                    CONTENT_TYPE_UNSUPPORTED,
                    SCHEMA_REGISTRY_FRAME,
                    SCHEMA_REGISTRY_AVRO,
                    VALUE_UNDECODABLE,
                    UNKNOWN_FIELD,
                    JSON_MALFORMED,
                    JSON_TYPE_MISMATCH,
                    JSON_UNKNOWN_FIELD,
                    JSON_DUPLICATE_KEY,
                    JSON_NULL_IN_LIST,
                    JSON_INTEGER_OUT_OF_RANGE,
                    JSON_TIME_INVALID,
                    VECTOR_MISSING,
                    VECTOR_UNKNOWN,
                    VECTOR_DUPLICATE,
                    VECTOR_TYPE_UNSUPPORTED,
                    DIMENSION_MISMATCH,
                    VECTOR_NOT_FINITE,
                    VECTOR_ZERO,
                    PAYLOAD_TOO_LARGE,
                    PAYLOAD_TOO_DEEP,
                    PAYLOAD_KEY_INVALID,
                    PAYLOAD_DUPLICATE_KEY,
                    PAYLOAD_VALUE_UNSET,
                    PAYLOAD_NOT_FINITE,
                    PAYLOAD_GEO_INVALID ->
                    false;
        };
    }

    /** First version of the rules that has this one. */
    public int since() {
        return 1;
    }
}
