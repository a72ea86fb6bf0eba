package io.vectron.replication;

import org.jspecify.annotations.Nullable;

/** What became of a change of a group's members. */
public sealed interface MembershipResult {
    /** The new list is committed: a majority of the old and of the new members has it. */
    record Changed() implements MembershipResult {}

    /** Only the leader changes members. */
    record NotLeader(@Nullable Peer leader) implements MembershipResult {}

    /** This node has no replica of the group. */
    record UnknownGroup() implements MembershipResult {}

    /** The members are neither those expected nor those wanted. */
    record OtherMembers(Membership members) implements MembershipResult {}

    /** Not confirmed: another change is under way, or a new member is out of reach. Ask again. */
    record Unavailable(String reason) implements MembershipResult {}
}
