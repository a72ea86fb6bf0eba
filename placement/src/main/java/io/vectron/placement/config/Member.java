package io.vectron.placement.config;

import io.vectron.replication.Peer;
import io.vectron.replication.PeerId;

/**
 * A member of placement's group.
 *
 * @param id stable id; belongs to the member's disk
 * @param host where both ports listen
 * @param port gRPC port; 0 takes a free one, which only a single member may
 * @param raftPort port for the other members
 */
public record Member(String id, String host, int port, int raftPort) {
    public Member {
        Peer checked = new Peer(new PeerId(id), host, raftPort);
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException(checked + ": no such port: " + port);
        }
    }

    /** As replication knows it. */
    public Peer peer() {
        return new Peer(new PeerId(id), host, raftPort);
    }
}
