package io.vectron.placement.model;

import io.vectron.common.log.GroupIds;
import io.vectron.proto.log.v1.CatalogRecord;
import io.vectron.proto.log.v1.CollectionFacts;
import io.vectron.proto.log.v1.CollectionState;
import io.vectron.proto.log.v1.Generation;
import io.vectron.proto.log.v1.MemberChange;
import io.vectron.proto.log.v1.PlacementCollection;
import io.vectron.proto.log.v1.ShardPlacement;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A collection as placement keeps it.
 *
 * @param record facts, topic id, state, generations: what readers see and what the catalogue holds
 * @param step last step done within the state; its meaning is fixed by the plans
 * @param version grows by one with every change; commands are compared with it
 * @param failure why its creation was given up; only while it is being removed
 * @param changes changes of members that are under way, at most one a shard
 */
public record CatalogEntry(
        CatalogRecord record,
        int step,
        long version,
        @Nullable Failure failure,
        List<MemberChange> changes) {

    public CatalogEntry {
        changes = List.copyOf(changes);
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

    /** One whose members stay as they are. */
    public CatalogEntry(CatalogRecord record, int step, long version, @Nullable Failure failure) {
        this(record, step, version, failure, List.of());
    }

    /** The same with other members and changes; who waits for its next version is not concerned. */
    public CatalogEntry withChanges(CatalogRecord placed, List<MemberChange> underWay) {
        return new CatalogEntry(placed, step, version, failure, underWay);
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

    /** Number of replicas that a worker holds of it or is to hold, over all generations. */
    public int replicasOn(String worker) {
        int replicas = 0;
        for (MemberChange change : changes) {
            boolean comes =
                    change.getJoins().equals(worker) || change.getRenewedList().contains(worker);
            replicas += comes ? 1 : 0;
        }
        for (Generation generation : record.getGenerationsList()) {
            for (ShardPlacement shard : generation.getShardsList()) {
                boolean holds =
                        shard.getMembersList().contains(worker)
                                || shard.getListenersList().contains(worker);
                replicas += holds ? 1 : 0;
            }
        }
        return replicas;
    }

    /**
     * The record with every worker that may hold a replica of it, those of changes under way among
     * them. Only for taking replicas down.
     */
    public CatalogRecord everywhere() {
        CatalogRecord.Builder everywhere = record.toBuilder();
        for (Generation.Builder generation : everywhere.getGenerationsBuilderList()) {
            for (MemberChange change : changes) {
                if (change.getGeneration() == generation.getNumber()) {
                    ShardPlacement shard = generation.getShards(change.getShard());
                    generation.addShards(strays(shard, change, 0));
                    if (change.getRenewedCount() > 0) {
                        generation.addShards(strays(shard, change, 1));
                        generation.addShards(strays(shard, change, -1));
                    }
                }
            }
        }
        return everywhere.build();
    }

    private ShardPlacement strays(ShardPlacement shard, MemberChange change, int incarnation) {
        ShardPlacement.Builder strays = ShardPlacement.newBuilder().setShard(shard.getShard());
        Set<String> workers = new LinkedHashSet<>(change.getRenewedList());
        workers.addAll(List.of(change.getJoins(), change.getLeaves()));
        if (incarnation != 0) {
            workers.addAll(shard.getMembersList());
        }
        workers.remove("");
        String recorded =
                switch (incarnation) {
                    case 0 -> shard.getGroup();
                    case -1 -> change.getFormerGroup();
                    default -> "";
                };
        String group =
                !recorded.isEmpty()
                        ? recorded
                        : GroupIds.of(
                                        UUID.fromString(id()),
                                        change.getGeneration(),
                                        change.getShard(),
                                        Math.max(0, shard.getIncarnation() + incarnation))
                                .toString();
        return strays.setGroup(group).addAllMembers(workers).build();
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
                stored.hasFailure() ? Failure.of(stored.getFailure()) : null,
                stored.getChangesList());
    }

    /** As it is stored. */
    public PlacementCollection toRecord() {
        PlacementCollection.Builder stored =
                PlacementCollection.newBuilder()
                        .setRecord(record)
                        .setStep(step)
                        .setVersion(version)
                        .addAllChanges(changes);
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
