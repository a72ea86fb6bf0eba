package io.vectron.placement.model;

import io.vectron.proto.log.v1.CatalogRecord;
import io.vectron.proto.log.v1.CollectionFacts;
import io.vectron.proto.log.v1.CollectionState;
import io.vectron.proto.log.v1.Generation;
import io.vectron.proto.log.v1.PlacementCollection;
import io.vectron.proto.log.v1.ShardPlacement;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A collection as placement keeps it.
 *
 * @param record facts, topic id, state, generations: what readers see and what the catalogue holds
 * @param step last step done within the state; its meaning is fixed by the plans
 * @param version grows by one with every change; commands are compared with it
 * @param failure why its creation was given up; only while it is being removed
 */
public record CatalogEntry(
        CatalogRecord record, int step, long version, @Nullable Failure failure) {

    public CatalogEntry {
        CollectionFacts facts = record.getFacts();
        if (facts.getId().isEmpty() || facts.getName().isEmpty()) {
            throw new IllegalArgumentException("collection without id or name: " + facts);
        }
        if (facts.getTopic().isEmpty() || facts.getDeadLetterTopic().isEmpty()) {
            throw new IllegalArgumentException("collection without topics: " + facts);
        }
        for (Generation generation : record.getGenerationsList()) {
            checkShards(facts, generation);
        }
        if (step < 0 || version < 1) {
            throw new IllegalArgumentException(
                    facts.getId() + ": impossible step " + step + " or version " + version);
        }
        boolean removing =
                switch (record.getState()) {
                    case COLLECTION_STATE_CREATING, COLLECTION_STATE_READY -> false;
                    case COLLECTION_STATE_DELETING -> true;
                    case COLLECTION_STATE_UNSPECIFIED, UNRECOGNIZED ->
                            throw new IllegalArgumentException(
                                    facts.getId() + " has no state that is known");
                };
        if (failure != null && !removing) {
            throw new IllegalArgumentException(facts.getId() + " failed but is not removed");
        }
    }

    public String id() {
        return record.getFacts().getId();
    }

    public CollectionFacts facts() {
        return record.getFacts();
    }

    public CollectionState state() {
        return record.getState();
    }

    public boolean isNamed(String tenant, String name) {
        return record.getFacts().getName().equals(name)
                && record.getFacts().getTenant().equals(tenant);
    }

    /** The record as it will be in another state. */
    public CatalogRecord recordIn(CollectionState state) {
        return record.toBuilder().setState(state).build();
    }

    /** Number of replicas that a worker holds of it, over all generations. */
    public int replicasOn(String worker) {
        int replicas = 0;
        for (Generation generation : record.getGenerationsList()) {
            for (ShardPlacement shard : generation.getShardsList()) {
                replicas += shard.getMembersList().contains(worker) ? 1 : 0;
            }
        }
        return replicas;
    }

    /** Shards over all generations. */
    public int shardCount() {
        return record.getGenerationsList().stream().mapToInt(Generation::getShardsCount).sum();
    }

    public static CatalogEntry of(PlacementCollection stored) {
        return new CatalogEntry(
                stored.getRecord(),
                stored.getStep(),
                stored.getVersion(),
                stored.hasFailure() ? Failure.of(stored.getFailure()) : null);
    }

    /** As it is stored. */
    public PlacementCollection toRecord() {
        PlacementCollection.Builder stored =
                PlacementCollection.newBuilder()
                        .setRecord(record)
                        .setStep(step)
                        .setVersion(version);
        if (failure != null) {
            stored.setFailure(failure.toRecord());
        }
        return stored.build();
    }

    private static void checkShards(CollectionFacts facts, Generation generation) {
        List<ShardPlacement> shards = generation.getShardsList();
        if (shards.size() != facts.getShards()) {
            throw new IllegalArgumentException(
                    facts.getId()
                            + " has "
                            + facts.getShards()
                            + " shards, placed "
                            + shards.size());
        }
        for (int i = 0; i < shards.size(); i++) {
            if (shards.get(i).getShard() != i || shards.get(i).getMembersCount() == 0) {
                throw new IllegalArgumentException(
                        facts.getId() + ": shard " + i + " is out of order or has no member");
            }
        }
    }
}
