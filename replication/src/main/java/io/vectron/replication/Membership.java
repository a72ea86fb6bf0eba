package io.vectron.replication;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * All members of a group.
 *
 * @param voters those that vote
 * @param listeners those that only follow
 */
public record Membership(List<Peer> voters, List<Peer> listeners) {
    public Membership {
        voters = List.copyOf(voters);
        listeners = List.copyOf(listeners);
        List<PeerId> ids = new ArrayList<>();
        voters.forEach(peer -> ids.add(peer.id()));
        listeners.forEach(peer -> ids.add(peer.id()));
        if (Set.copyOf(ids).size() != ids.size()) {
            throw new IllegalArgumentException("a member is named twice: " + ids);
        }
    }

    /** Members that all vote. */
    public static Membership of(List<Peer> voters) {
        return new Membership(voters, List.of());
    }

    /** Whether it names a member of this id, with a vote or without. */
    public boolean has(PeerId id) {
        return voters.stream().anyMatch(peer -> peer.id().equals(id))
                || listeners.stream().anyMatch(peer -> peer.id().equals(id));
    }

    /** Whether both name the same members, in whatever order. */
    public boolean isSame(Membership other) {
        return new HashSet<>(voters).equals(new HashSet<>(other.voters))
                && new HashSet<>(listeners).equals(new HashSet<>(other.listeners));
    }
}
