package io.vectron.gateway.write;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import io.vectron.common.log.Headers;
import io.vectron.gateway.log.LogHeader;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A record to append.
 *
 * @param topic its topic
 * @param partition its partition, from {@link io.vectron.common.log.Partitioning}
 * @param key null if it has none
 * @param value null if it has none
 * @param headers in their order
 */
public record LogAppend(
        String topic,
        int partition,
        @Nullable ByteString key,
        @Nullable ByteString value,
        List<LogHeader> headers) {

    private static final LogHeader PROTOBUF = LogHeader.of(Headers.CONTENT_TYPE, Headers.PROTOBUF);

    /** Refuses a record that could lie nowhere. */
    public LogAppend {
        if (topic.isEmpty() || partition < 0) {
            throw new IllegalArgumentException("no partition: " + topic + "-" + partition);
        }
        headers = List.copyOf(headers);
    }

    /**
     * A record of a point.
     *
     * @param id key: the point's id
     * @param point canonical bytes of a {@code vectron.log.v1.Point}; null deletes the point
     */
    public LogAppend(String topic, int partition, String id, @Nullable ByteString point) {
        this(
                topic,
                partition,
                ByteString.copyFrom(id, UTF_8),
                point,
                point == null ? List.of() : List.of(PROTOBUF));
        if (id.isEmpty()) {
            throw new IllegalArgumentException("id is empty");
        }
    }

    /** The same record with one more header. */
    public LogAppend with(LogHeader header) {
        List<LogHeader> more = new ArrayList<>(headers);
        more.add(header);
        return new LogAppend(topic, partition, key, value, more);
    }

    /** The key as text; "" if there is none. */
    public String id() {
        return key == null ? "" : key.toStringUtf8();
    }

    /** The value. */
    public @Nullable ByteString point() {
        return value;
    }
}
