package io.vectron.gateway.rest.route;

import io.vectron.common.error.VectronException;
import io.vectron.proto.v1.ReadMode;
import io.vectron.proto.v1.UpsertRequest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Names the field at fault as JSON has it, where the contract's message is shaped otherwise. */
final class JsonFields {

    private static final Pattern POINT = Pattern.compile("points\\[(\\d+)]\\.point(?:\\.(.*))?");
    private static final Pattern VECTOR = Pattern.compile("vectors\\[(\\d+)]");
    private static final Pattern TOKEN =
            Pattern.compile("(read_mode\\.at_least\\.tokens\\[(\\d+)])(?:\\.\\w+)?");

    private JsonFields() {}

    /** An error of an upsert. */
    static VectronException of(VectronException error, UpsertRequest request) {
        String field = error.field();
        return field == null ? error : named(error, upsert(field, request));
    }

    /**
     * An error of a read.
     *
     * @param stated the body's read mode, without what a header added
     */
    static VectronException of(VectronException error, ReadMode stated) {
        String field = error.field();
        return field == null ? error : named(error, read(field, stated));
    }

    private static String upsert(String field, UpsertRequest request) {
        Matcher point = POINT.matcher(field);
        if (!point.matches()) {
            return field;
        }
        int at = Integer.parseInt(point.group(1));
        String element = "points[" + at + "]";
        @Nullable String part = point.group(2);
        if (part == null) {
            return element;
        }
        Matcher vector = VECTOR.matcher(part);
        if (!vector.matches()) {
            return element + "." + part;
        }
        var vectors = request.getPoints(at).getPoint().getVectorsList();
        int which = Integer.parseInt(vector.group(1));
        if (which >= vectors.size()) {
            return element + ".vectors";
        }
        String name = vectors.get(which).getName();
        return element + (name.isEmpty() ? ".vector" : ".vectors." + name);
    }

    private static String read(String field, ReadMode stated) {
        Matcher token = TOKEN.matcher(field);
        if (token.matches()) {
            boolean ofBody =
                    Integer.parseInt(token.group(2)) < stated.getAtLeast().getTokensCount();
            return ofBody ? token.group(1) : "X-Vectron-Token";
        }
        return switch (field) {
            case "vector.f32" -> "vector";
            case "vector.name" -> "vector_name";
            default -> field.replace("vector.f32.values[", "vector[");
        };
    }

    /** The same error, with that field. */
    static VectronException named(VectronException error, String field) {
        return new VectronException(
                error.code(), field, String.valueOf(error.getMessage()), error.metadata(), error);
    }
}
