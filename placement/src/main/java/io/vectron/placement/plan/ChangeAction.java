package io.vectron.placement.plan;

import io.vectron.proto.log.v1.CatalogRecord;
import io.vectron.proto.log.v1.Generation;
import io.vectron.proto.log.v1.ShardPlacement;

/**
 * What the leader does next for a change of a shard's members. Each may be done twice: after a
 * crash nobody knows whether it was done.
 */
public sealed interface ChangeAction {
    /** The worker without which it cannot be done; "" if there is none. */
    default String worker() {
        return switch (this) {
            case Add add -> add.joins();
            case ChangeMembers change -> change.joins();
            case AwaitCaughtUp await -> await.joins();
            case Remove remove -> remove.from();
            case RaiseEpoch _, AddGroup _, AwaitLeader _, RemoveGroup _, WriteCatalogue _ -> "";
        };
    }

    /** Gives a worker an empty replica that is no member yet. */
    record Add(
            CatalogRecord record,
            Generation generation,
            ShardPlacement shard,
            String joins,
            boolean listener)
            implements ChangeAction {}

    /**
     * Changes the members of the group.
     *
     * @param joins worker that joins; "" for none
     * @param listener whether it joins without a vote
     * @param leaves worker that leaves; "" for none
     */
    record ChangeMembers(ShardPlacement shard, String joins, boolean listener, String leaves)
            implements ChangeAction {}

    /** Sees whether a new member has what the leader has. */
    record AwaitCaughtUp(ShardPlacement shard, String joins) implements ChangeAction {}

    /** Raises the shard's epoch through its log. */
    record RaiseEpoch(ShardPlacement shard, long epoch) implements ChangeAction {}

    /** Removes a worker's replica. */
    record Remove(String group, String from) implements ChangeAction {}

    /** Starts a new group on all its members. */
    record AddGroup(CatalogRecord only) implements ChangeAction {}

    /** Sees whether a new group has a leader that answers. */
    record AwaitLeader(CatalogRecord only) implements ChangeAction {}

    /** Removes the replicas of a group wherever a worker answers. */
    record RemoveGroup(String group) implements ChangeAction {}

    /** Writes the collection into the catalogue topic. */
    record WriteCatalogue(CatalogRecord record) implements ChangeAction {}
}
