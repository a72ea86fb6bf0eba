package io.vectron.ingest.feed;

import io.vectron.ingest.lane.LaneRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * What flows from source to sink within one task, by reference and in the order of each partition.
 * Immutable; never serialised.
 */
public sealed interface Element {
    /** The feed it belongs to. */
    ShardFeed feed();

    /** The first of a feed: reading starts at {@code position}, which the shard has applied. */
    record Opened(ShardFeed feed, long position, FeedControl control) implements Element {}

    /**
     * A record as it was read; the validation turns it into {@link Judged}.
     *
     * @param session session of the split, see {@link FeedControl#rewind}
     * @param logEnd last stable offset at that poll, -1 if unknown
     * @param readAtMs when that poll returned, milliseconds since 1970
     */
    record Fetched(
            ShardFeed feed,
            long session,
            long logEnd,
            long readAtMs,
            ConsumerRecord<byte[], byte[]> record)
            implements Element {}

    /** A record with the verdict on it. */
    record Judged(ShardFeed feed, long session, long logEnd, LaneRecord record)
            implements Element {}

    /**
     * Everything below {@code position} was read. Comes at the end of each poll.
     *
     * @param leaderEpoch Kafka's leader epoch of the last record before it, {@link
     *     LaneRecord#NO_EPOCH} if not known
     */
    record Moved(ShardFeed feed, long session, long logEnd, long position, int leaderEpoch)
            implements Element {}

    /** The last of a feed: its collection or generation is gone. */
    record Closed(ShardFeed feed) implements Element {}

    /**
     * The last of a feed that cannot be read on, since the log does not hold what was to be read.
     *
     * @param position where it was to be read on
     * @param epochEnd where the log of that position's leader epoch ends, -1 if not known
     */
    record LogCut(ShardFeed feed, long position, long epochEnd, String message)
            implements Element {}

    /**
     * The last of a feed that cannot go on, because of an error of ours.
     *
     * @param code permanent name of the reason
     */
    record Failed(ShardFeed feed, String code, String message) implements Element {}
}
