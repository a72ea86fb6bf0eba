package io.vectron.replication;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.SetConfigurationRequest;
import org.apache.ratis.protocol.SnapshotManagementRequest;
import org.apache.ratis.protocol.exceptions.GroupMismatchException;
import org.apache.ratis.protocol.exceptions.NotLeaderException;
import org.apache.ratis.protocol.exceptions.RaftException;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One group on this node: its state machine, and the way of entries to it.
 *
 * <p>Entries are submitted within the process. Ratis appends before it returns, which keeps the
 * order of each calling thread. Each call has its own id, so Ratis' cache of retries never answers.
 */
final class Replica {
    private static final Logger LOG = LoggerFactory.getLogger(Replica.class);

    private final GroupId id;
    private final GroupStateMachine machine;
    private final ReplicationConfig config;
    private final ClientId client = ClientId.randomId();
    private final AtomicLong nextCall = new AtomicLong();
    private final Semaphore inFlight;

    Replica(GroupId id, GroupStateMachine machine, ReplicationConfig config) {
        this.id = id;
        this.machine = machine;
        this.config = config;
        this.inFlight = new Semaphore(config.inFlightLimit());
    }

    GroupStateMachine machine() {
        return machine;
    }

    ClientId client() {
        return client;
    }

    long nextCall() {
        return nextCall.incrementAndGet();
    }

    CompletableFuture<ProposeResult> propose(RaftServer server, byte[] entry) {
        if (entry.length > config.entryLimitBytes()) {
            // Ratis would refuse it too, and the leader would step down.
            return done(new ProposeResult.TooLarge(entry.length, config.entryLimitBytes()));
        }
        if (!inFlight.tryAcquire()) {
            return done(
                    new ProposeResult.Unavailable(
                            "already " + config.inFlightLimit() + " proposals in flight"));
        }
        CompletableFuture<RaftClientReply> reply;
        try {
            reply = server.submitClientRequestAsync(request(entry));
        } catch (IOException | RuntimeException e) {
            inFlight.release();
            return done(refusal(e));
        }
        // The copy times out, not the original, whose function would then never run.
        return reply.handle(this::result)
                .copy()
                .completeOnTimeout(
                        new ProposeResult.Unavailable(
                                "no answer within " + config.timing().request()),
                        config.timing().request().toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    private RaftClientRequest request(byte[] entry) {
        return RaftClientRequest.newBuilder()
                .setClientId(client)
                .setServerId(RaftTypes.raft(config.self().id()))
                .setGroupId(RaftTypes.raft(id))
                .setCallId(nextCall())
                .setMessage(Message.valueOf(UnsafeByteOperations.unsafeWrap(entry)))
                .setType(RaftClientRequest.writeRequestType())
                .build();
    }

    /** Also runs, and gives the place in flight back, when the caller no longer waits. */
    private ProposeResult result(@Nullable RaftClientReply reply, @Nullable Throwable error) {
        inFlight.release();
        if (error != null || reply == null) {
            return refusal(error);
        }
        if (!reply.isSuccess()) {
            return refusal(reply.getException());
        }
        ProposeResult.Applied applied = Answers.decode(reply.getMessage());
        return applied == null ? new ProposeResult.Unavailable("the answer is lost") : applied;
    }

    CompletableFuture<MembershipResult> changeMembers(
            RaftServer server, SetConfigurationRequest.Arguments change) {
        SetConfigurationRequest request =
                new SetConfigurationRequest(
                        client,
                        RaftTypes.raft(config.self().id()),
                        RaftTypes.raft(id),
                        nextCall(),
                        change);
        try {
            return server.setConfigurationAsync(request).handle(Replica::membership);
        } catch (IOException | RuntimeException e) {
            return CompletableFuture.completedFuture(membership(null, e));
        }
    }

    CompletableFuture<RaftClientReply> requestSnapshot(RaftServer server) throws IOException {
        return server.snapshotManagementAsync(
                SnapshotManagementRequest.newCreate(
                        client,
                        RaftTypes.raft(config.self().id()),
                        RaftTypes.raft(id),
                        nextCall(),
                        Waiting.GROUP_TIMEOUT_MS,
                        1));
    }

    /** Prepares the state for a snapshot, which is then taken without anybody waiting for it. */
    void snapshotSoon(RaftServer server) {
        machine.prepareSnapshot();
        try {
            var _ = requestSnapshot(server).whenComplete((reply, e) -> snapshotRequested(e));
        } catch (IOException | RuntimeException e) {
            snapshotRequested(e);
        }
    }

    private void snapshotRequested(@Nullable Throwable error) {
        if (error != null) {
            LOG.warn("group {} did not take a snapshot that was due", id, error);
        }
    }

    private ProposeResult refusal(@Nullable Throwable error) {
        Throwable cause = unwrap(error);
        GroupFailure failure = machine.failure();
        if (failure != null) {
            return new ProposeResult.Unavailable("the replica has failed: " + failure);
        }
        if (cause instanceof NotLeaderException e) {
            return new ProposeResult.NotLeader(RaftTypes.peer(e.getSuggestedLeader()));
        }
        if (cause instanceof GroupMismatchException) {
            return new ProposeResult.UnknownGroup();
        }
        return new ProposeResult.Unavailable(reason(cause));
    }

    private static MembershipResult membership(
            @Nullable RaftClientReply reply, @Nullable Throwable error) {
        RaftException refused = reply == null ? null : reply.getException();
        Throwable cause = unwrap(error != null ? error : refused);
        if (cause instanceof NotLeaderException e) {
            return new MembershipResult.NotLeader(RaftTypes.peer(e.getSuggestedLeader()));
        }
        if (cause instanceof GroupMismatchException) {
            return new MembershipResult.UnknownGroup();
        }
        return reply != null && reply.isSuccess()
                ? new MembershipResult.Changed()
                : new MembershipResult.Unavailable(reason(cause));
    }

    private static @Nullable Throwable unwrap(@Nullable Throwable error) {
        return error instanceof CompletionException && error.getCause() != null
                ? error.getCause()
                : error;
    }

    private static String reason(@Nullable Throwable cause) {
        if (cause == null) {
            return "no reply";
        }
        String message = cause.getMessage();
        return cause.getClass().getSimpleName() + (message == null ? "" : ": " + message);
    }

    private static CompletableFuture<ProposeResult> done(ProposeResult result) {
        return CompletableFuture.completedFuture(result);
    }
}
