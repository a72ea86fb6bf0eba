package io.vectron.gateway.write;

import com.google.protobuf.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * A record to append.
 *
 * @param topic its topic
 * @param partition its partition, from {@link io.vectron.common.log.Partitioning}
 * @param id key: the point's id
 * @param point canonical bytes of a {@code vectron.log.v1.Point}; null deletes the point
 */
public record LogAppend(String topic, int partition, String id, @Nullable ByteString point) {

    /** Refuses a record that could belong to no point. */
    public LogAppend {
        if (topic.isEmpty() || partition < 0 || id.isEmpty()) {
            throw new IllegalArgumentException(
                    "no record: " + topic + "-" + partition + ", id '" + id + "'");
        }
    }
}
