package io.vectron.gateway.rest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.vectron.common.error.ErrorCode;
import io.vectron.common.error.VectronException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.TreeMap;

/** Errors as HTTP tells them: a status, and a body that says the same as gRPC's ErrorInfo. */
final class HttpErrors {

    private static final JsonFactory JSON = new JsonFactory();

    /** Codes whose status says more than the one that their gRPC status stands for. */
    private static final Map<ErrorCode, Integer> OWN_STATUS =
            Map.of(
                    ErrorCode.REQUEST_TOO_LARGE, 413,
                    ErrorCode.HEADERS_TOO_LARGE, 431,
                    ErrorCode.SLOW_REQUEST, 408,
                    ErrorCode.UNKNOWN_PATH, 404,
                    ErrorCode.METHOD_NOT_ALLOWED, 405,
                    ErrorCode.NOT_ACCEPTABLE, 406,
                    ErrorCode.UNSUPPORTED_MEDIA_TYPE, 415);

    private HttpErrors() {}

    /** HTTP status of a code. */
    static int status(ErrorCode code) {
        Integer own = OWN_STATUS.get(code);
        if (own != null) {
            return own;
        }
        return switch (code.status()) {
            case INVALID_ARGUMENT, OUT_OF_RANGE -> 400;
            case UNAUTHENTICATED -> 401;
            case PERMISSION_DENIED -> 403;
            case NOT_FOUND -> 404;
            case ALREADY_EXISTS, ABORTED, FAILED_PRECONDITION -> 409;
            case RESOURCE_EXHAUSTED -> 429;
            case CANCELLED -> 499;
            case UNKNOWN, INTERNAL, DATA_LOSS -> 500;
            case UNIMPLEMENTED -> 501;
            case UNAVAILABLE -> 503;
            case DEADLINE_EXCEEDED -> 504;
            case OK -> throw new IllegalArgumentException(code + " is no error");
        };
    }

    /** Body of an error: {@code {"error": {"code": …}}}. */
    static byte[] body(VectronException error, String requestId) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator out = JSON.createGenerator(bytes)) {
            out.writeStartObject();
            out.writeObjectFieldStart("error");
            out.writeStringField("code", error.code().name());
            out.writeStringField("message", paired(String.valueOf(error.getMessage())));
            String field = error.field();
            if (field != null) {
                out.writeStringField("field", paired(field));
            }
            out.writeStringField("request_id", requestId);
            out.writeStringField("blame", error.code().blame().name());
            out.writeObjectFieldStart("metadata");
            for (Map.Entry<String, String> entry : new TreeMap<>(error.metadata()).entrySet()) {
                out.writeStringField(entry.getKey(), paired(entry.getValue()));
            }
            out.writeEndObject();
            out.writeEndObject();
            out.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("an array cannot be written to", e);
        }
        return bytes.toByteArray();
    }

    /** Names of a request are shown as they came, but half of a surrogate pair is no text. */
    private static String paired(String text) {
        StringBuilder fixed = new StringBuilder(text);
        for (int i = 0; i < fixed.length(); i++) {
            char c = fixed.charAt(i);
            if (Character.isHighSurrogate(c)
                    && i + 1 < fixed.length()
                    && Character.isLowSurrogate(fixed.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(c)) {
                fixed.setCharAt(i, '\ufffd');
            }
        }
        return fixed.toString();
    }
}
