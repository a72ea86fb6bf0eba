package io.vectron.replication;

import java.util.Objects;
import java.util.regex.Pattern;

/**
 * Identity of a server, stable over restarts and moves to another address. It belongs to a disk: a
 * server that lost its disk comes back under a new id, because under the old one it could vote
 * against what it once promised.
 */
public record PeerId(String id) {
    private static final Pattern ALLOWED = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");

    public PeerId {
        Objects.requireNonNull(id, "id");
        if (!ALLOWED.matcher(id).matches()) {
            throw new IllegalArgumentException(
                    "peer id must match " + ALLOWED.pattern() + ": '" + id + "'");
        }
    }

    @Override
    public String toString() {
        return id;
    }
}
