package io.vectron.gateway.route;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vectron.common.log.Partitioning;
import io.vectron.proto.log.v1.CollectionFacts;
import io.vectron.proto.log.v1.CollectionState;
import io.vectron.proto.log.v1.IndexParameters;
import java.util.List;

/**
 * A collection as the gateway's view has it. One request uses one of these from its beginning to
 * its end, so that all its shards belong to one generation.
 *
 * @param viewVersion version of that view
 * @param facts what never changes
 * @param topicId Kafka's id of the topic; "" until it is known
 * @param state its life
 * @param generation number of the active generation; 0 while there is none
 * @param index how the active generation's index is built
 * @param shards shards of the active generation, by partition; empty while there is none
 */
public record CollectionRoute(
        long viewVersion,
        CollectionFacts facts,
        String topicId,
        CollectionState state,
        int generation,
        IndexParameters index,
        List<ShardRoute> shards) {

    /** Refuses shards that are out of order. */
    public CollectionRoute {
        shards = List.copyOf(shards);
        for (int i = 0; i < shards.size(); i++) {
            if (shards.get(i).shard() != i) {
                throw new IllegalArgumentException(
                        "shard "
                                + shards.get(i).shard()
                                + " of "
                                + facts.getName()
                                + " stands in place "
                                + i);
            }
        }
    }

    /** Its topic. */
    public String topic() {
        return facts.getTopic();
    }

    /** Partition that a point belongs to. */
    public int partition(String id) {
        return Partitioning.partition(id.getBytes(UTF_8), facts.getShards());
    }
}
