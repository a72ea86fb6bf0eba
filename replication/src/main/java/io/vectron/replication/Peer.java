package io.vectron.replication;

import java.util.Objects;

/** A member of a group and where its server listens for the other members. */
public record Peer(PeerId id, String host, int port) {
    public Peer {
        Objects.requireNonNull(id, "id");
        if (host.isBlank()) {
            throw new IllegalArgumentException("peer " + id + " has no host");
        }
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("peer " + id + " has no valid port: " + port);
        }
    }

    /** {@code host:port}; an IPv6 address is put into brackets. */
    public String address() {
        return host.indexOf(':') < 0 ? host + ":" + port : "[" + host + "]:" + port;
    }
}
