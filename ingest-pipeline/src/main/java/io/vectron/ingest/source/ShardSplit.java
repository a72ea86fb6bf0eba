package io.vectron.ingest.source;

import io.vectron.ingest.feed.ShardFeed;
import io.vectron.ingest.lane.LaneRecord;
import org.apache.flink.api.connector.source.SourceSplit;

/**
 * A feed and where its reading starts.
 *
 * @param position what the shard has applied when the split was handed out; always a number, so
 *     that the reader never has to ask Kafka where to begin
 * @param leaderEpoch Kafka's leader epoch of the last record before it, {@link
 *     LaneRecord#NO_EPOCH} if not known
 */
public record ShardSplit(ShardFeed feed, long position, int leaderEpoch) implements SourceSplit {
    public ShardSplit {
        if (position < 0) {
            throw new IllegalArgumentException("position is negative: " + position);
        }
    }

    @Override
    public String splitId() {
        return feed.group();
    }
}
