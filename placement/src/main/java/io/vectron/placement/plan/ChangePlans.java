package io.vectron.placement.plan;

import io.vectron.common.log.GroupIds;
import io.vectron.placement.model.CatalogEntry;
import io.vectron.proto.log.v1.AdvanceChange;
import io.vectron.proto.log.v1.CatalogRecord;
import io.vectron.proto.log.v1.ChangeKind;
import io.vectron.proto.log.v1.Generation;
import io.vectron.proto.log.v1.MemberChange;
import io.vectron.proto.log.v1.PlacementEntry;
import io.vectron.proto.log.v1.ShardPlacement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The plans of changes of members, as functions of what is recorded: which action comes next, and
 * what to record when it is done. As {@link Plans}, they go on wherever the leader was killed.
 *
 * <pre>
 * join:          add, join, caught up, epoch, catalogue
 * leave:         epoch, leave, remove, catalogue
 * replace:       add, join, caught up, epoch, leave, remove, catalogue
 * begin anew on  leave, remove, add, join, caught up, epoch, catalogue
 * the same worker:
 * renew:         new group, leader, switch, remove the old one, catalogue
 * given up:      remove the new one, catalogue
 * </pre>
 *
 * <p>Readers are told of a new member when it has caught up, and of one that leaves no more as soon
 * as it is about to lose what it has.
 */
public final class ChangePlans {
    private ChangePlans() {}

    /** A change and the shard it is about. */
    public record Target(
            CatalogEntry entry, Generation generation, ShardPlacement shard, MemberChange change) {
        ChangeStep step() {
            return ChangeStep.of(change.getStep());
        }

        /** The same worker leaves and joins. */
        boolean isSwap() {
            return !change.getJoins().isEmpty() && change.getJoins().equals(change.getLeaves());
        }
    }

    /** What a change is about; null if it is over, or its collection goes. */
    public static @Nullable Target target(
            @Nullable CatalogEntry entry, int generation, int shard, long epoch) {
        if (entry == null) {
            return null;
        }
        for (MemberChange change : entry.changes()) {
            if (change.getGeneration() == generation
                    && change.getShard() == shard
                    && change.getEpoch() == epoch) {
                for (Generation one : entry.record().getGenerationsList()) {
                    if (one.getNumber() == generation) {
                        return new Target(entry, one, one.getShards(shard), change);
                    }
                }
            }
        }
        return null;
    }

    /** What to do next. */
    public static ChangeAction next(Target target) {
        MemberChange change = target.change();
        ShardPlacement shard = target.shard();
        return switch (target.step()) {
            case RECORDED -> first(target);
            case LEFT -> new ChangeAction.Remove(shard.getGroup(), change.getLeaves());
            case EMPTIED -> add(target);
            case ADDED ->
                    new ChangeAction.ChangeMembers(
                            shard, change.getJoins(), change.getListener(), "");
            case JOINED -> new ChangeAction.AwaitCaughtUp(shard, change.getJoins());
            case CAUGHT_UP -> new ChangeAction.RaiseEpoch(shard, change.getEpoch());
            case EPOCH_RAISED ->
                    change.getLeaves().isEmpty() || target.isSwap()
                            ? catalogue(target)
                            : new ChangeAction.ChangeMembers(shard, "", false, change.getLeaves());
            case REPLACED -> new ChangeAction.Remove(shard.getGroup(), change.getLeaves());
            case RENEWED -> new ChangeAction.AwaitLeader(renewed(target));
            case SWITCHED -> new ChangeAction.RemoveGroup(formerGroup(target));
            case ABANDONED ->
                    renews(target)
                            ? new ChangeAction.RemoveGroup(newGroup(target))
                            : new ChangeAction.ChangeMembers(shard, "", false, change.getJoins());
            case REMOVED, OLD_REMOVED, UNDONE -> catalogue(target);
        };
    }

    private static ChangeAction first(Target target) {
        MemberChange change = target.change();
        return switch (change.getKind()) {
            case CHANGE_KIND_REPLACE -> {
                if (target.isSwap()) {
                    yield new ChangeAction.ChangeMembers(
                            target.shard(), "", false, change.getLeaves());
                }
                yield change.getJoins().isEmpty()
                        ? new ChangeAction.RaiseEpoch(target.shard(), change.getEpoch())
                        : add(target);
            }
            case CHANGE_KIND_RENEW -> new ChangeAction.AddGroup(renewed(target));
            case CHANGE_KIND_UNSPECIFIED, UNRECOGNIZED ->
                    throw new IllegalStateException("no kind of change: " + change);
        };
    }

    private static ChangeAction add(Target target) {
        return new ChangeAction.Add(
                target.entry().record(),
                target.generation(),
                target.shard(),
                target.change().getJoins(),
                target.change().getListener());
    }

    private static ChangeAction catalogue(Target target) {
        return new ChangeAction.WriteCatalogue(target.entry().record());
    }

    /** What to record when the next action is done. */
    public static PlacementEntry.Builder record(Target target) {
        MemberChange change = target.change();
        AdvanceChange.Builder done = advance(target);
        return switch (target.step()) {
            case RECORDED -> {
                if (renews(target)) {
                    yield to(done, ChangeStep.RENEWED);
                }
                if (target.isSwap()) {
                    yield to(without(done, target, change.getLeaves()), ChangeStep.LEFT);
                }
                yield change.getJoins().isEmpty()
                        ? to(done.setRaisesEpoch(true), ChangeStep.EPOCH_RAISED)
                        : to(done, ChangeStep.ADDED);
            }
            case LEFT -> to(done, ChangeStep.EMPTIED);
            case EMPTIED -> to(done, ChangeStep.ADDED);
            case ADDED -> to(done, ChangeStep.JOINED);
            case JOINED -> to(with(done, target).setRaisesEpoch(true), ChangeStep.CAUGHT_UP);
            case CAUGHT_UP -> to(done, ChangeStep.EPOCH_RAISED);
            case EPOCH_RAISED ->
                    change.getLeaves().isEmpty() || target.isSwap()
                            ? over(done)
                            : to(without(done, target, change.getLeaves()), ChangeStep.REPLACED);
            case REPLACED -> to(done, ChangeStep.REMOVED);
            case RENEWED ->
                    to(
                            done.setGroup(newGroup(target))
                                    .setIncarnation(target.shard().getIncarnation() + 1)
                                    .setFirstPosition(change.getFirstPosition())
                                    .addAllMembers(change.getRenewedList())
                                    .setSetsListeners(true)
                                    .setRaisesEpoch(true),
                            ChangeStep.SWITCHED);
            case SWITCHED -> to(done, ChangeStep.OLD_REMOVED);
            case ABANDONED -> to(renews(target) ? passed(done, target) : done, ChangeStep.UNDONE);
            case REMOVED, OLD_REMOVED, UNDONE -> over(done);
        };
    }

    /**
     * What to record when the worker that the next action needs, or most of those of a new group,
     * are gone for good; null if the change must wait for them.
     */
    public static PlacementEntry.@Nullable Builder abandon(Target target) {
        AdvanceChange.Builder done = advance(target);
        return switch (target.step()) {
            // Nothing was done that would have to be undone.
            case RECORDED -> renews(target) ? to(done, ChangeStep.ABANDONED) : over(done);
            case LEFT, EMPTIED -> over(done);
            case ADDED, JOINED, RENEWED -> to(done, ChangeStep.ABANDONED);
            // Its disk goes with it, or is cleared when it comes back.
            case REPLACED -> to(done, ChangeStep.REMOVED);
            case CAUGHT_UP, EPOCH_RAISED, REMOVED, SWITCHED, OLD_REMOVED, ABANDONED, UNDONE -> null;
        };
    }

    private static boolean renews(Target target) {
        return target.change().getKind() == ChangeKind.CHANGE_KIND_RENEW;
    }

    /**
     * The shard keeps its group, and the number of the one that was given up is never used again:
     * members of it that were gone come back with it, and must find nobody of that name.
     */
    private static AdvanceChange.Builder passed(AdvanceChange.Builder done, Target target) {
        return done.setGroup(target.shard().getGroup())
                .setIncarnation(target.shard().getIncarnation() + 1);
    }

    private static AdvanceChange.Builder advance(Target target) {
        return AdvanceChange.newBuilder()
                .setId(target.entry().id())
                .setGeneration(target.change().getGeneration())
                .setShard(target.change().getShard())
                .setEpoch(target.change().getEpoch())
                .setExpectedStep(target.change().getStep());
    }

    private static AdvanceChange.Builder with(AdvanceChange.Builder done, Target target) {
        List<String> members = new ArrayList<>(target.shard().getMembersList());
        List<String> listeners = new ArrayList<>(target.shard().getListenersList());
        List<String> list = target.change().getListener() ? listeners : members;
        if (!list.contains(target.change().getJoins())) {
            list.add(target.change().getJoins());
        }
        return done.addAllMembers(members).setSetsListeners(true).addAllListeners(listeners);
    }

    private static AdvanceChange.Builder without(
            AdvanceChange.Builder done, Target target, String worker) {
        for (String member : target.shard().getMembersList()) {
            if (!member.equals(worker)) {
                done.addMembers(member);
            }
        }
        for (String listener : target.shard().getListenersList()) {
            if (!listener.equals(worker)) {
                done.addListeners(listener);
            }
        }
        return done.setSetsListeners(true);
    }

    private static PlacementEntry.Builder to(AdvanceChange.Builder done, ChangeStep step) {
        return PlacementEntry.newBuilder().setAdvanceChange(done.setStep(step.number()));
    }

    private static PlacementEntry.Builder over(AdvanceChange.Builder done) {
        return PlacementEntry.newBuilder()
                .setAdvanceChange(done.setStep(done.getExpectedStep()).setOver(true));
    }

    /** The collection with nothing but the new group, to be made as a new shard is. */
    private static CatalogRecord renewed(Target target) {
        ShardPlacement shard =
                target.shard().toBuilder()
                        .setGroup(newGroup(target))
                        .setIncarnation(target.shard().getIncarnation() + 1)
                        .setEpoch(target.change().getEpoch())
                        .setFirstPosition(target.change().getFirstPosition())
                        .clearMembers()
                        .clearListeners()
                        .addAllMembers(target.change().getRenewedList())
                        .build();
        return target.entry().record().toBuilder()
                .clearGenerations()
                .addGenerations(target.generation().toBuilder().clearShards().addShards(shard))
                .build();
    }

    private static String newGroup(Target target) {
        return group(target, target.shard().getIncarnation() + 1);
    }

    private static String formerGroup(Target target) {
        String recorded = target.change().getFormerGroup();
        return recorded.isEmpty() ? group(target, target.shard().getIncarnation() - 1) : recorded;
    }

    private static String group(Target target, int incarnation) {
        return GroupIds.of(
                        UUID.fromString(target.entry().id()),
                        target.change().getGeneration(),
                        target.change().getShard(),
                        incarnation)
                .toString();
    }
}
