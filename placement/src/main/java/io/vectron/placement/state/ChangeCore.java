package io.vectron.placement.state;

import io.vectron.placement.model.CatalogEntry;
import io.vectron.placement.model.Cluster;
import io.vectron.proto.log.v1.AdvanceChange;
import io.vectron.proto.log.v1.BeginChange;
import io.vectron.proto.log.v1.CatalogRecord;
import io.vectron.proto.log.v1.ChangeKind;
import io.vectron.proto.log.v1.CollectionState;
import io.vectron.proto.log.v1.Generation;
import io.vectron.proto.log.v1.MemberChange;
import io.vectron.proto.log.v1.ShardPlacement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The part of {@link CatalogCore} that changes the members of shards. */
final class ChangeCore {
    private ChangeCore() {}

    /**
     * A shard has one change at a time, each with the epoch after the last one. Only a new group
     * takes the place of a change of members: the group that was to change it is lost.
     */
    static Transition begin(Cluster cluster, BeginChange command) {
        CatalogEntry entry = cluster.collection(command.getId());
        if (entry == null) {
            return CatalogCore.refused(cluster, new Answer.Unknown());
        }
        MemberChange change = command.getChange();
        ShardPlacement shard = shard(entry.record(), change.getGeneration(), change.getShard());
        if (shard == null || change.getStep() != 0) {
            return CatalogCore.refused(
                    cluster, new Answer.Invalid(entry.id() + " has no such shard: " + change));
        }
        MemberChange underWay = find(entry, change.getGeneration(), change.getShard());
        if (underWay != null && underWay.getEpoch() == change.getEpoch()) {
            return CatalogCore.unseen(cluster); // the answer to the first proposal was lost
        }
        boolean givesWay =
                underWay == null
                        || (underWay.getKind() == ChangeKind.CHANGE_KIND_REPLACE
                                && change.getKind() == ChangeKind.CHANGE_KIND_RENEW);
        long epoch = Math.max(shard.getEpoch(), underWay == null ? 0 : underWay.getEpoch());
        if (!givesWay
                || entry.state() != CollectionState.COLLECTION_STATE_READY
                || change.getEpoch() != epoch + 1) {
            return CatalogCore.refused(cluster, new Answer.Conflict(entry.version()));
        }
        List<MemberChange> changes = new ArrayList<>(entry.changes());
        changes.remove(underWay);
        changes.add(change);
        return CatalogCore.unseen(cluster.with(entry.withChanges(entry.record(), changes)));
    }

    /** Each step is told apart by the step before it. */
    static Transition advance(Cluster cluster, AdvanceChange command) {
        CatalogEntry entry = cluster.collection(command.getId());
        if (entry == null) {
            return CatalogCore.refused(cluster, new Answer.Unknown());
        }
        MemberChange change = find(entry, command.getGeneration(), command.getShard());
        if (change == null
                || change.getEpoch() != command.getEpoch()
                || change.getStep() != command.getExpectedStep()
                || entry.state() != CollectionState.COLLECTION_STATE_READY) {
            return CatalogCore.refused(cluster, new Answer.Conflict(entry.version()));
        }
        if (command.getOver() == (command.getStep() > command.getExpectedStep())) {
            return CatalogCore.refused(
                    cluster, new Answer.Invalid(entry.id() + " cannot go so: " + command));
        }
        List<MemberChange> changes = new ArrayList<>(entry.changes());
        changes.remove(change);
        if (!command.getOver()) {
            changes.add(change.toBuilder().setStep(command.getStep()).build());
        }
        CatalogRecord record = changed(entry.record(), command);
        CatalogEntry next;
        try {
            next = entry.withChanges(record, changes);
        } catch (IllegalArgumentException invalid) {
            return CatalogCore.refused(
                    cluster, new Answer.Invalid(String.valueOf(invalid.getMessage())));
        }
        return record.equals(entry.record())
                ? CatalogCore.unseen(cluster.with(next))
                : CatalogCore.seen(cluster.with(next));
    }

    private static CatalogRecord changed(CatalogRecord record, AdvanceChange command) {
        CatalogRecord.Builder changed = record.toBuilder();
        for (Generation.Builder generation : changed.getGenerationsBuilderList()) {
            if (generation.getNumber() == command.getGeneration()) {
                ShardPlacement.Builder shard = generation.getShardsBuilder(command.getShard());
                if (command.getMembersCount() > 0) {
                    shard.clearMembers().addAllMembers(command.getMembersList());
                }
                if (command.getSetsListeners()) {
                    shard.clearListeners().addAllListeners(command.getListenersList());
                }
                if (command.getRaisesEpoch()) {
                    shard.setEpoch(command.getEpoch());
                }
                if (!command.getGroup().isEmpty()) {
                    shard.setGroup(command.getGroup())
                            .setIncarnation(command.getIncarnation())
                            .setFirstPosition(command.getFirstPosition());
                }
            }
        }
        return changed.build();
    }

    private static @Nullable MemberChange find(CatalogEntry entry, int generation, int shard) {
        for (MemberChange change : entry.changes()) {
            if (change.getGeneration() == generation && change.getShard() == shard) {
                return change;
            }
        }
        return null;
    }

    private static @Nullable ShardPlacement shard(CatalogRecord record, int generation, int shard) {
        for (Generation one : record.getGenerationsList()) {
            if (one.getNumber() == generation && shard >= 0 && shard < one.getShardsCount()) {
                return one.getShards(shard);
            }
        }
        return null;
    }
}
