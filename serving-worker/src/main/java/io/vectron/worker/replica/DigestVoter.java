package io.vectron.worker.replica;

import com.google.protobuf.ByteString;
import io.vectron.proto.log.v1.DigestPoint;
import io.vectron.proto.log.v1.DigestVote;
import io.vectron.proto.log.v1.ShardEntry;
import io.vectron.replication.GroupId;
import io.vectron.replication.GroupStatus;
import io.vectron.replication.PeerId;
import io.vectron.replication.ProposeResult;
import io.vectron.replication.ReplicationNode;
import io.vectron.worker.shard.DigestVotes.Noted;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the groups what their members here have, so that those that differ are found. A leader
 * proposes now and then that all note what they have; every member's voter then tells it by an
 * entry, through the leader. What is not told is told at the next place. A thread of its own.
 */
public final class DigestVoter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DigestVoter.class);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);
    private static final long STOP_SECONDS = 10;

    /** What was told of a replica. */
    private static final class Told {
        long markedPosition = -1;
        long markedNanos;
        long voted = -1;
    }

    private final Supplier<List<ShardReplica>> replicas;
    private final ReplicationNode node;
    private final PeerId self;
    private final Duration every;
    private final InstantSource clock;
    private final Map<UUID, Told> told = new HashMap<>(); // the thread's
    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("digest-voter").factory());

    /**
     * @param replicas all replicas of the worker
     * @param node runs their groups
     * @param self name of this member in all groups
     * @param every a shard that changed is compared once in this time
     * @param clock stamps the entries
     */
    public DigestVoter(
            Supplier<List<ShardReplica>> replicas,
            ReplicationNode node,
            PeerId self,
            Duration every,
            InstantSource clock) {
        this.replicas = replicas;
        this.node = node;
        this.self = self;
        this.every = every;
        this.clock = clock;
    }

    /** Looks at the replicas from now on. */
    public void start() {
        long pause = Math.clamp(every.toMillis() / 4, 1, LONGEST_PAUSE.toMillis());
        var _ = thread.scheduleWithFixedDelay(this::look, pause, pause, TimeUnit.MILLISECONDS);
    }

    private void look() {
        try {
            List<ShardReplica> all = replicas.get();
            told.keySet().retainAll(all.stream().map(it -> it.facts().group()).toList());
            for (ShardReplica replica : all) {
                if (Thread.currentThread().isInterrupted()) {
                    return;
                }
                look(replica);
            }
        } catch (RuntimeException e) {
            LOG.error("cannot compare digests; trying again", e);
        }
    }

    private void look(ShardReplica replica) {
        long position;
        try (Reading reading = replica.read()) {
            if (reading == null) {
                return;
            }
            position = reading.state().position();
        }
        GroupId group = new GroupId(replica.facts().group());
        GroupStatus status = node.status(group);
        Told known = told.computeIfAbsent(group.uuid(), any -> new Told());
        boolean alone = status.members().size() == 1; // nobody to compare with
        if (!alone) {
            mark(replica, group, position, known);
        }
        Noted noted = replica.noted();
        boolean voter = status.members().stream().anyMatch(peer -> peer.id().equals(self));
        if (noted == null || noted.position() <= known.voted || !voter || alone) {
            return;
        }
        if (!replica.scrubbed()) {
            return; // two with the rows of one that is damaged must not outvote the third
        }
        DigestVote vote =
                DigestVote.newBuilder()
                        .setMember(self.id())
                        .setPosition(noted.position())
                        .setDigest(ByteString.copyFrom(noted.digest().toBytes()))
                        .setRows(noted.rows())
                        .setVoters(status.members().size())
                        .build();
        ProposeResult result =
                node.proposeThroughLeader(group, entry().setDigestVote(vote).build().toByteArray());
        LOG.debug("vote {} of {}: {}", noted, replica.facts().label(), result);
        if (result instanceof ProposeResult.Applied) {
            known.voted = noted.position();
        }
    }

    private void mark(ShardReplica replica, GroupId group, long position, Told known) {
        long now = System.nanoTime();
        boolean due = known.markedPosition < 0 || now - known.markedNanos >= every.toNanos();
        if (replica.leads() && position != known.markedPosition && due) {
            DigestPoint point = DigestPoint.getDefaultInstance();
            // Nobody waits for it: its effect is seen at the next look.
            var _ = node.propose(group, entry().setDigestPoint(point).build().toByteArray());
            known.markedPosition = position;
            known.markedNanos = now;
        }
    }

    private ShardEntry.Builder entry() {
        return ShardEntry.newBuilder().setStampedAtMs(clock.millis());
    }

    /** Ends the thread; what is proposed may still be applied. */
    @Override
    public void close() {
        thread.shutdownNow();
        try {
            if (!thread.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("the digest voter did not end within {} s", STOP_SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
