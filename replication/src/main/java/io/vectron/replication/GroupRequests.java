package io.vectron.replication;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.protocol.GroupManagementRequest;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.server.RaftServer;

/** What a node asks of its own Ratis server about groups. */
final class GroupRequests {
    /** What becomes of the data of a group that the server lets go of. */
    enum Data {
        /** It stays where it is. */
        KEPT,
        /** Its folder gets a name among the removed ones: a crash leaves all of it or nothing. */
        SET_ASIDE
    }

    private final ReplicationConfig config;

    GroupRequests(ReplicationConfig config) {
        this.config = config;
    }

    /** Adds a group that has no data here. */
    void add(RaftServer server, GroupId id, Iterable<RaftPeer> members) throws IOException {
        RaftGroup group = RaftGroup.valueOf(RaftTypes.raft(id), members);
        Waiting.await("add group " + id, add(server, group, true));
    }

    /** Adds a group with the data that it has here; fails if that cannot be read. */
    void recover(RaftServer server, GroupId id) throws IOException {
        RaftGroup group = RaftGroup.valueOf(RaftTypes.raft(id));
        Waiting.await("start group " + id, add(server, group, false));
    }

    private CompletableFuture<RaftClientReply> add(
            RaftServer server, RaftGroup group, boolean format) throws IOException {
        return server.groupManagementAsync(
                GroupManagementRequest.newAdd(
                        ClientIds.NODE,
                        RaftTypes.raft(config.self().id()),
                        ClientIds.nextCall(),
                        group,
                        format));
    }

    /** The server closes a group and knows nothing of it any more. */
    void remove(RaftServer server, GroupId id, Data data) throws IOException {
        Waiting.await(
                "remove group " + id,
                server.groupManagementAsync(
                        GroupManagementRequest.newRemove(
                                ClientIds.NODE,
                                RaftTypes.raft(config.self().id()),
                                ClientIds.nextCall(),
                                RaftTypes.raft(id),
                                false,
                                data == Data.SET_ASIDE)));
    }
}
