package io.vectron.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectron.common.rpc.FreePort;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto.AppendResult;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.StateMachineLogEntryProto;
import org.apache.ratis.proto.RaftProtos.TermIndexProto;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.util.ProtoUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A leader that waited in vain sends the same entries once more, and those that came since behind
 * them, while the first request is still being written. What the follower then says it has, it must
 * have: the leader takes it for a vote, and never sends those entries again.
 */
final class OverlappingAppendsTest {
    private static final int ROUNDS = 40;
    private static final int MORE = 5;
    private static final long TERM = 5;
    private static final long NONE = -1;

    @TempDir Path folder;

    private final RaftGroupId group = RaftGroupId.randomId();
    private final ClientId client = ClientId.randomId();
    private long calls;

    @Test
    void whatAFollowerSaysItHasItHas() throws Exception {
        RaftPeer follower = peer("follower");
        RaftPeer leader = peer("leader");
        ReplicationConfig config =
                ReplicationConfig.of(
                        new Peer(new PeerId("follower"), "127.0.0.1", port(follower)), folder);
        try (RaftServer server =
                RaftServer.newBuilder()
                        .setServerId(follower.getId())
                        .setGroup(RaftGroup.valueOf(group, follower, leader))
                        .setProperties(RaftSettings.of(config))
                        .setStateMachine(new BaseStateMachine())
                        .build()) {
            server.start();
            long next = 0;
            for (int round = 0; round < ROUNDS; round++) {
                CompletableFuture<AppendEntriesReplyProto> first =
                        server.appendEntriesAsync(request(follower, leader, next, 1));
                CompletableFuture<AppendEntriesReplyProto> again =
                        server.appendEntriesAsync(request(follower, leader, next, MORE));
                assertThat(first.get(30, TimeUnit.SECONDS).getResult())
                        .isEqualTo(AppendResult.SUCCESS);
                AppendEntriesReplyProto reply = again.get(30, TimeUnit.SECONDS);
                assertThat(reply.getResult()).isEqualTo(AppendResult.SUCCESS);
                next += MORE;
                assertThat(reply.getMatchIndex()).isEqualTo(next - 1);
                assertThat(
                                server.getDivision(group)
                                        .getRaftLog()
                                        .getLastEntryTermIndex()
                                        .getIndex())
                        .as("entries in round " + round)
                        .isEqualTo(reply.getMatchIndex());
            }
        }
    }

    private AppendEntriesRequestProto request(
            RaftPeer follower, RaftPeer leader, long from, int count) {
        List<LogEntryProto> entries = new ArrayList<>();
        for (long index = from; index < from + count; index++) {
            entries.add(
                    LogEntryProto.newBuilder()
                            .setTerm(TERM)
                            .setIndex(index)
                            .setStateMachineLogEntry(
                                    StateMachineLogEntryProto.newBuilder()
                                            .setClientId(client.toByteString())
                                            .setCallId(index))
                            .build());
        }
        AppendEntriesRequestProto.Builder request =
                AppendEntriesRequestProto.newBuilder()
                        .setServerRequest(
                                RaftRpcRequestProto.newBuilder()
                                        .setRequestorId(leader.getId().toByteString())
                                        .setReplyId(follower.getId().toByteString())
                                        .setRaftGroupId(ProtoUtils.toRaftGroupIdProtoBuilder(group))
                                        .setCallId(++calls))
                        .setLeaderTerm(TERM)
                        .setLeaderCommit(NONE)
                        .addAllEntries(entries);
        if (from > 0) {
            request.setPreviousLog(TermIndexProto.newBuilder().setTerm(TERM).setIndex(from - 1));
        }
        return request.build();
    }

    private static RaftPeer peer(String id) throws Exception {
        return RaftPeer.newBuilder().setId(id).setAddress("127.0.0.1:" + FreePort.any()).build();
    }

    private static int port(RaftPeer peer) {
        String address = peer.getAddress();
        return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    }
}
