package io.vectron.gateway.log;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * A header of a record.
 *
 * @param name its name; a record may have several of one name
 * @param value its value; null if it has none
 */
public record LogHeader(String name, @Nullable ByteString value) {

    /** A header of text. */
    public static LogHeader of(String name, String value) {
        return new LogHeader(name, ByteString.copyFrom(value, UTF_8));
    }
}
