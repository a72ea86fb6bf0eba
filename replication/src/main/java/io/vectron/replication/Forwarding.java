package io.vectron.replication;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.client.RaftClient;
import org.apache.ratis.client.RaftClientConfigKeys;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.retry.RetryPolicies;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.apache.ratis.util.TimeDuration;
import org.jspecify.annotations.Nullable;

/** Proposes to a group whose leader is another node. For rare and small entries. */
final class Forwarding {
    private static final TimeDuration PATIENCE = TimeDuration.valueOf(3, TimeUnit.SECONDS);

    private Forwarding() {}

    /** Waits for the answer; one try. */
    static ProposeResult propose(
            GroupId id, List<Peer> members, Peer leader, @Nullable Tls tls, byte[] entry) {
        RaftProperties properties = new RaftProperties();
        RaftClientConfigKeys.Rpc.setRequestTimeout(properties, PATIENCE);
        RaftGroup group = RaftGroup.valueOf(RaftTypes.raft(id), RaftTypes.raft(members));
        try (RaftClient client =
                RaftClient.newBuilder()
                        .setProperties(properties)
                        .setParameters(Tls.parameters(tls))
                        .setRaftGroup(group)
                        .setLeaderId(RaftTypes.raft(leader.id()))
                        .setRetryPolicy(RetryPolicies.noRetry())
                        .build()) {
            RaftClientReply reply =
                    client.io().send(Message.valueOf(UnsafeByteOperations.unsafeWrap(entry)));
            ProposeResult.Applied applied =
                    reply.isSuccess() ? Answers.decode(reply.getMessage()) : null;
            return applied == null
                    ? new ProposeResult.Unavailable("the leader refused: " + reply.getException())
                    : applied;
        } catch (IOException e) {
            return new ProposeResult.Unavailable("no answer of the leader: " + e);
        }
    }
}
