package io.vectron.placement.plan;

import io.vectron.placement.model.CatalogEntry;
import io.vectron.placement.model.Failure;
import io.vectron.proto.log.v1.AdvanceCollection;
import io.vectron.proto.log.v1.CollectionState;
import io.vectron.proto.log.v1.ForgetCollection;
import io.vectron.proto.log.v1.PlacementEntry;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The two plans, as functions of what is recorded: which action comes next, and what to record when
 * it is done. Nothing else is remembered, so a plan goes on wherever its leader was killed: either
 * before the action, during it, or between it and its record, when the action is done again.
 *
 * <pre>
 * create: catalogue (creating), topics, topic id, replicas, leaders, catalogue (ready)
 * delete: catalogue (deleting), replicas, topic, catalogue (nothing)
 * </pre>
 */
public final class Plans {
    private Plans() {}

    /** What to do next for a collection; null if there is nothing to do. */
    public static @Nullable Action next(CatalogEntry entry) {
        return switch (entry.state()) {
            case COLLECTION_STATE_CREATING -> creation(entry);
            case COLLECTION_STATE_READY -> null;
            case COLLECTION_STATE_DELETING -> deletion(entry);
            case COLLECTION_STATE_UNSPECIFIED, UNRECOGNIZED ->
                    throw new IllegalStateException("no state: " + entry.id());
        };
    }

    private static Action creation(CatalogEntry entry) {
        return switch (CreationStep.of(entry.step())) {
            case RECORDED -> new Action.WriteCatalogue(entry.record());
            case CATALOGUED -> new Action.CreateTopics(entry.facts());
            case TOPICS_CREATED -> new Action.IdentifyTopic(entry.facts());
            case TOPIC_IDENTIFIED -> new Action.AddReplicas(entry.record());
            case REPLICAS_ADDED -> new Action.CheckLeaders(entry.record());
            case LEADERS_ELECTED ->
                    new Action.WriteCatalogue(
                            entry.recordIn(CollectionState.COLLECTION_STATE_READY));
        };
    }

    private static Action deletion(CatalogEntry entry) {
        return switch (DeletionStep.of(entry.step())) {
            case RECORDED -> new Action.WriteCatalogue(entry.record());
            case CATALOGUED -> new Action.RemoveReplicas(entry.everywhere());
            case REPLICAS_REMOVED ->
                    new Action.DeleteTopic(entry.facts(), entry.record().getTopicId());
            case TOPIC_DELETED -> new Action.ClearCatalogue(entry.id());
        };
    }

    /**
     * What to record when the next action of {@code entry} is done.
     *
     * @param topicId the topic's id, if that is what the action found; else ""
     * @param nowMs the leader's clock, milliseconds since 1970
     * @param keepDeadLetters how long dead letters outlive a collection
     */
    public static PlacementEntry.Builder record(
            CatalogEntry entry, String topicId, long nowMs, Duration keepDeadLetters) {
        if (entry.state() == CollectionState.COLLECTION_STATE_DELETING
                && DeletionStep.of(entry.step()) == DeletionStep.TOPIC_DELETED) {
            // Nobody ever wrote to a collection whose creation failed.
            long keepMs = entry.failure() == null ? keepDeadLetters.toMillis() : 0;
            return PlacementEntry.newBuilder()
                    .setForgetCollection(
                            ForgetCollection.newBuilder()
                                    .setId(entry.id())
                                    .setExpectedVersion(entry.version())
                                    .setDeadLettersUntilMs(nowMs + keepMs));
        }
        boolean ready =
                entry.state() == CollectionState.COLLECTION_STATE_CREATING
                        && CreationStep.of(entry.step()) == CreationStep.LEADERS_ELECTED;
        return advance(
                AdvanceCollection.newBuilder()
                        .setId(entry.id())
                        .setExpectedVersion(entry.version())
                        .setState(ready ? CollectionState.COLLECTION_STATE_READY : entry.state())
                        .setStep(ready ? 0 : entry.step() + 1)
                        .setTopicId(topicId));
    }

    /** Gives a creation up: what was made of it is taken down again. */
    public static PlacementEntry.Builder giveUp(CatalogEntry entry, Failure failure) {
        return advance(deleting(entry).setFailure(failure.toRecord()));
    }

    /** Begins the deletion of a collection that is ready or being created. */
    public static PlacementEntry.Builder delete(CatalogEntry entry) {
        return advance(deleting(entry));
    }

    private static AdvanceCollection.Builder deleting(CatalogEntry entry) {
        return AdvanceCollection.newBuilder()
                .setId(entry.id())
                .setExpectedVersion(entry.version())
                .setState(CollectionState.COLLECTION_STATE_DELETING);
    }

    private static PlacementEntry.Builder advance(AdvanceCollection.Builder command) {
        return PlacementEntry.newBuilder().setAdvanceCollection(command);
    }
}
