package io.vectron.common.error;

import com.google.common.collect.ImmutableMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A failure with a permanent code, told to the caller as it is: word its message for one. */
public final class VectronException extends RuntimeException {
    private final ErrorCode code;
    private final @Nullable String field;
    private final ImmutableMap<String, String> metadata;

    /** A failure that no field of the request is to blame for. */
    public VectronException(ErrorCode code, String message) {
        this(code, null, message, Map.of(), null);
    }

    /** A failure of one field of the request. */
    public VectronException(ErrorCode code, @Nullable String field, String message) {
        this(code, field, message, Map.of(), null);
    }

    /** A failure with more facts for programs. */
    public VectronException(
            ErrorCode code, @Nullable String field, String message, Map<String, String> metadata) {
        this(code, field, message, metadata, null);
    }

    /**
     * A failure with its cause, which stays in this process.
     *
     * @param field path of the field at fault, as in {@code points[3].id}; null if there is none
     * @param metadata facts for programs; the keys {@code field} and {@code blame} are ours
     */
    public VectronException(
            ErrorCode code,
            @Nullable String field,
            String message,
            Map<String, String> metadata,
            @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
        this.field = field;
        this.metadata = ImmutableMap.copyOf(metadata);
    }

    /** The permanent code. */
    public ErrorCode code() {
        return code;
    }

    /** Path of the field at fault; null if there is none. */
    public @Nullable String field() {
        return field;
    }

    /** Facts for programs. */
    public Map<String, String> metadata() {
        return metadata;
    }

    /** Code, field and message, for our logs; the message alone goes to the caller. */
    @Override
    @SuppressWarnings("OverrideThrowableToString")
    public String toString() {
        return code + (field == null ? "" : " (" + field + ")") + ": " + getMessage();
    }
}
