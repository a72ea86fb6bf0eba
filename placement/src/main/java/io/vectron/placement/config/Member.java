package io.vectron.placement.config;

import io.vectron.common.config.Setting;
import io.vectron.common.config.Written;
import io.vectron.replication.Peer;
import io.vectron.replication.PeerId;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A member of placement's group.
 *
 * @param id stable id; belongs to the member's disk
 * @param host where both ports listen
 * @param port gRPC port; 0 takes a free one, which only a single member may
 * @param raftPort port for the other members
 */
@Written(label = "ID@HOST:PORT:RAFT_PORT", as = "a member such as placement-2@10.0.0.2:7000:7010")
public record Member(
        @Setting(
                        "Name of this node, up to 63 of A-Z, a-z, 0-9, '.', '_', '-'."
                                + " It belongs to the folder: a node that lost its disk gets a"
                                + " new one.")
                String id,
        @Setting("Address to listen on, and that others reach this node by.") String host,
        @Setting(
                        value =
                                "Port of the gRPC service; 0 takes a free one, which only a"
                                        + " single node may.",
                        name = "grpcPort")
                int port,
        @Setting("Port of the Raft server.") int raftPort) {
    private static final Pattern TEXT =
            Pattern.compile("([^@]+)@(\\[[^\\]@]+\\]|[^:@]+):(\\d{1,5}):(\\d{1,5})");

    public Member {
        Peer checked = new Peer(new PeerId(id), host, raftPort);
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException(checked + ": no such port: " + port);
        }
    }

    /**
     * Reads {@code id@host:port:raftPort}, an IPv6 address in brackets.
     *
     * @throws IllegalArgumentException if the text is no member
     */
    public static Member parse(String text) {
        Matcher parts = TEXT.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException("not id@host:port:raftPort: " + text);
        }
        String host = parts.group(2);
        boolean brackets = host.startsWith("[");
        return new Member(
                parts.group(1),
                brackets ? host.substring(1, host.length() - 1) : host,
                Integer.parseInt(parts.group(3)),
                Integer.parseInt(parts.group(4)));
    }

    /** As {@link #parse} reads it. */
    @Override
    public String toString() {
        String shown = host.indexOf(':') < 0 ? host : "[" + host + "]";
        return id + "@" + shown + ":" + port + ":" + raftPort;
    }

    /** As replication knows it. */
    public Peer peer() {
        return new Peer(new PeerId(id), host, raftPort);
    }
}
