package io.vectron.replication;

import java.util.Objects;
import java.util.UUID;

/** Identity of a Raft group: one replica of it lives on each member. Never the nil UUID. */
public record GroupId(UUID uuid) {
    private static final UUID NIL = new UUID(0, 0);

    public GroupId {
        Objects.requireNonNull(uuid, "uuid");
        if (uuid.equals(NIL)) {
            throw new IllegalArgumentException("the nil UUID names no group");
        }
    }

    @Override
    public String toString() {
        return uuid.toString();
    }
}
