package io.vectron.gateway.log;

import com.google.protobuf.ByteString;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A record as it stands in the log.
 *
 * @param offset its offset
 * @param at Kafka's timestamp
 * @param key null if it has none
 * @param value null if it has none
 * @param headers in their order
 */
public record LogEntry(
        long offset,
        Instant at,
        @Nullable ByteString key,
        @Nullable ByteString value,
        List<LogHeader> headers) {

    /** Refuses a negative offset. */
    public LogEntry {
        if (offset < 0) {
            throw new IllegalArgumentException("offset is negative: " + offset);
        }
        headers = List.copyOf(headers);
    }

    /** Text of the last header of that name, as Kafka's own clients choose; null if none. */
    public @Nullable String header(String name) {
        return header(headers, name);
    }

    /** Text of the last header of that name among some; null if there is none. */
    public static @Nullable String header(List<LogHeader> headers, String name) {
        for (LogHeader header : headers.reversed()) {
            ByteString value = header.value();
            if (header.name().equals(name) && value != null) {
                return value.toStringUtf8();
            }
        }
        return null;
    }

    /** Bytes of key, value and headers. */
    public long bytes() {
        long bytes = key == null ? 0 : key.size();
        bytes += value == null ? 0 : value.size();
        for (LogHeader header : headers) {
            ByteString text = header.value();
            bytes += header.name().length() + (text == null ? 0 : text.size());
        }
        return bytes;
    }
}
