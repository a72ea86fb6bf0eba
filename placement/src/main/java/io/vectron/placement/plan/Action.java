package io.vectron.placement.plan;

import io.vectron.proto.log.v1.CatalogRecord;
import io.vectron.proto.log.v1.CollectionFacts;

/**
 * What the leader does next for a collection, outside its own state. Each may be done twice: after
 * a crash nobody knows whether it was done.
 */
public sealed interface Action {
    /** Writes the collection into the catalogue topic. */
    record WriteCatalogue(CatalogRecord record) implements Action {}

    /** Creates the topic and its dead-letter topic. */
    record CreateTopics(CollectionFacts facts) implements Action {}

    /** Reads the topic's id. */
    record IdentifyTopic(CollectionFacts facts) implements Action {}

    /** Starts a replica on each member of each shard. */
    record AddReplicas(CatalogRecord record) implements Action {}

    /** Sees whether each shard has a leader that answers. */
    record CheckLeaders(CatalogRecord record) implements Action {}

    /** Removes the replica of each member of each shard. */
    record RemoveReplicas(CatalogRecord record) implements Action {}

    /**
     * Deletes the topic.
     *
     * @param topicId the id that was recorded; "" if none was
     */
    record DeleteTopic(CollectionFacts facts, String topicId) implements Action {}

    /** Takes the collection out of the catalogue topic. */
    record ClearCatalogue(String id) implements Action {}
}
