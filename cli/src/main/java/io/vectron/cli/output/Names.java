package io.vectron.cli.output;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import io.vectron.common.error.VectronException;
import io.vectron.proto.v1.WriteToken;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Values of the API as people and programs read them. */
public final class Names {
    private Names() {}

    /** The name of a constant without the name of its enum: {@code METRIC_DOT} is {@code dot}. */
    public static String of(Enum<?> constant, String prefix) {
        String name = constant.name();
        return (name.startsWith(prefix) ? name.substring(prefix.length()) : name)
                .toLowerCase(Locale.ROOT);
    }

    /** RFC 3339, UTC. */
    public static String time(Timestamp time) {
        return Instant.ofEpochSecond(time.getSeconds(), time.getNanos()).toString();
    }

    /** The text form of a token, which {@code --at-least} and {@code trace} read. */
    public static String token(WriteToken token) {
        try {
            return io.vectron.common.log.WriteToken.of(token).toString();
        } catch (VectronException e) {
            return "(" + e.getMessage() + ")";
        }
    }

    /** Bytes as text; null if they are none. */
    public static @Nullable String text(ByteString bytes) {
        try {
            ByteBuffer buffer = bytes.asReadOnlyByteBuffer();
            return StandardCharsets.UTF_8.newDecoder().decode(buffer).toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    /** Bytes as text, else as hexadecimal digits. */
    public static String readable(ByteString bytes) {
        String text = text(bytes);
        if (text != null) {
            return text;
        }
        return "0x" + java.util.HexFormat.of().formatHex(bytes.toByteArray());
    }
}
