package io.vectron.ingest.route;

import io.vectron.ingest.feed.ShardFeed;
import java.util.List;

/**
 * A shard as placement's view tells it.
 *
 * @param feed the delivery it wants
 * @param active whether its generation serves searches
 * @param members ids of the workers that hold a voting replica
 */
public record ShardView(ShardFeed feed, boolean active, List<String> members) {
    public ShardView {
        members = List.copyOf(members);
    }
}
