package io.vectron.replication;

import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.SetConfigurationRequest;
import org.apache.ratis.server.protocol.TermIndex;
import org.jspecify.annotations.Nullable;

/** Our names for Ratis' things, and back. */
final class RaftTypes {
    private RaftTypes() {}

    static RaftGroupId raft(GroupId id) {
        return RaftGroupId.valueOf(id.uuid());
    }

    static RaftPeerId raft(PeerId id) {
        return RaftPeerId.valueOf(id.id());
    }

    static RaftPeer raft(Peer peer) {
        return RaftPeer.newBuilder().setId(peer.id().id()).setAddress(peer.address()).build();
    }

    /** A peer that is to follow without a vote from the moment it starts. */
    static RaftPeer listener(Peer peer) {
        return RaftPeer.newBuilder()
                .setId(peer.id().id())
                .setAddress(peer.address())
                .setStartupRole(RaftPeerRole.LISTENER)
                .build();
    }

    /**
     * A change that is refused if the members are others by then. All lists are given in full:
     * other modes forget listeners.
     */
    static SetConfigurationRequest.Arguments change(Membership now, Membership wanted) {
        return new SetConfigurationRequest.Arguments.Builder()
                .setMode(SetConfigurationRequest.Mode.COMPARE_AND_SET)
                .setServersInCurrentConf(raft(now.voters()))
                .setListenersInCurrentConf(listeners(now.listeners()))
                .setServersInNewConf(raft(wanted.voters()))
                .setListenersInNewConf(listeners(wanted.listeners()))
                .build();
    }

    private static List<RaftPeer> listeners(List<Peer> peers) {
        return peers.stream().map(RaftTypes::listener).toList();
    }

    static List<RaftPeer> raft(List<Peer> peers) {
        return peers.stream().map(RaftTypes::raft).toList();
    }

    static GroupId group(RaftGroupId id) {
        return new GroupId(id.getUuid());
    }

    static @Nullable Peer peer(@Nullable RaftPeer peer) {
        if (peer == null) {
            return null;
        }
        String address = peer.getAddress();
        int colon = address.lastIndexOf(':');
        String host = address.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        PeerId id = new PeerId(peer.getId().toString());
        return new Peer(id, host, Integer.parseInt(address.substring(colon + 1)));
    }

    static List<Peer> peers(Collection<RaftPeer> peers) {
        return peers.stream().<Peer>mapMulti((raft, out) -> add(peer(raft), out)).toList();
    }

    private static void add(@Nullable Peer peer, Consumer<Peer> out) {
        if (peer != null) {
            out.accept(peer);
        }
    }

    static RaftPosition position(@Nullable TermIndex at) {
        return at == null || at.getIndex() < 0
                ? RaftPosition.NONE
                : new RaftPosition(at.getTerm(), at.getIndex());
    }

    static TermIndex raft(RaftPosition at) {
        return TermIndex.valueOf(at.term(), at.index());
    }
}
