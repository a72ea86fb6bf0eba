package io.vectron.ingest.source;

/**
 * What the log of a shard looks like at a moment.
 *
 * @param topicId Kafka's id of the topic that has the name now
 * @param start first offset that is there, or may be
 * @param end last stable offset
 * @param rememberedMs for how long it remembers deletions at least; {@link #FOR_EVER} if it is not
 *     compacted
 */
public record LogLook(String topicId, long start, long end, long rememberedMs) {
    public static final long FOR_EVER = 0;
}
