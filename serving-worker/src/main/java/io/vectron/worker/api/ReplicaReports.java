package io.vectron.worker.api;

import io.vectron.index.IndexStats;
import io.vectron.proto.worker.v1.Applied;
import io.vectron.proto.worker.v1.Failed;
import io.vectron.proto.worker.v1.FailureReason;
import io.vectron.proto.worker.v1.LogStanding;
import io.vectron.proto.worker.v1.PositionResponse;
import io.vectron.proto.worker.v1.RecordJourney;
import io.vectron.proto.worker.v1.ReplicaCondition;
import io.vectron.proto.worker.v1.ReplicaStatus;
import io.vectron.proto.worker.v1.ReplicaUnavailable;
import io.vectron.proto.worker.v1.Role;
import io.vectron.proto.worker.v1.TraceResponse;
import io.vectron.replication.GroupId;
import io.vectron.replication.GroupStatus;
import io.vectron.replication.RaftPosition;
import io.vectron.replication.ReplicationNode;
import io.vectron.worker.replica.Reading;
import io.vectron.worker.replica.Replicas;
import io.vectron.worker.replica.ShardReplica;
import io.vectron.worker.shard.ShardFacts;
import io.vectron.worker.shard.ShardState;
import io.vectron.worker.trace.TracedBatch;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What replicas say about themselves. */
final class ReplicaReports {
    private final Replicas replicas;
    private final ReplicationNode node;
    private final InstantSource clock;

    ReplicaReports(Replicas replicas, InstantSource clock) {
        this.replicas = replicas;
        this.clock = clock;
        this.node = replicas.node();
    }

    /** Where the next batch must begin, as the leader knows it. */
    PositionResponse position(ShardReplica replica) {
        PositionResponse.Builder answer = PositionResponse.newBuilder();
        GroupStatus status = node.status(new GroupId(replica.facts().group()));
        try (Reading reading = replica.read()) {
            if (reading == null || status.lifecycle() == GroupStatus.Lifecycle.ABSENT) {
                return answer.setUnavailable(unavailable(replica)).build();
            }
            if (reading.state().halt() != null) {
                return answer.setUnavailable(unavailable(replica)).build();
            }
            answer.setTopicId(replica.facts().topicId()).setEpoch(reading.state().epoch());
            if (!status.leads() || !replica.leads()) {
                return answer.setNotLeader(Ingest.notLeader(status.leader())).build();
            }
            Applied.Builder applied = Applied.newBuilder().setPosition(reading.state().position());
            return answer.setApplied(applied)
                    .setStanding(standing(replica.facts(), reading.state().log()))
                    .build();
        }
    }

    private LogStanding standing(ShardFacts facts, ShardState.LogPlace log) {
        LogStanding.Builder standing =
                LogStanding.newBuilder()
                        .setCompleteAtMs(log.completeAtMs())
                        .setToldAtMs(clock.millis())
                        .setFirstPosition(facts.firstPosition());
        if (log.leaderEpoch() != ShardState.LogPlace.NO_EPOCH) {
            standing.setLeaderEpoch(log.leaderEpoch());
        }
        return standing.build();
    }

    /** What the leader knows of the record at an offset. */
    TraceResponse trace(ShardReplica replica, long offset) {
        TraceResponse.Builder answer = TraceResponse.newBuilder();
        GroupStatus status = node.status(new GroupId(replica.facts().group()));
        ShardReplica.Traced traced = replica.trace(offset);
        if (traced == null || status.lifecycle() == GroupStatus.Lifecycle.ABSENT) {
            return answer.setUnavailable(unavailable(replica)).build();
        }
        if (!status.leads() || !replica.leads()) {
            return answer.setNotLeader(Ingest.notLeader(status.leader())).build();
        }
        RecordJourney.Builder journey =
                RecordJourney.newBuilder()
                        .setPosition(traced.position())
                        .setRemembersSinceMs(traced.known().sinceMs());
        TracedBatch batch = traced.known().batch();
        if (batch != null) {
            journey.setRemembered(true)
                    .setJudgedAtMs(batch.judgedAtMs())
                    .setSentAtMs(batch.sentAtMs())
                    .setCommittedAtMs(batch.times().committedAtMs())
                    .setAppliedAtMs(batch.times().appliedAtMs())
                    .setSearchableAtMs(batch.times().searchableAtMs())
                    .setRejectedBy(batch.rejectedBy(offset));
        }
        return answer.setJourney(journey).build();
    }

    /** The replica as it stands. */
    ReplicaStatus status(ShardReplica replica) throws IOException {
        GroupStatus group = node.status(new GroupId(replica.facts().group()));
        // An empty log is one of which all is in a snapshot.
        RaftPosition log = group.last().isAfter(group.applied()) ? group.last() : group.applied();
        ReplicaStatus.Builder status =
                ReplicaStatus.newBuilder()
                        .setGroup(replica.facts().group().toString())
                        .setCollectionId(replica.facts().collection().getId())
                        .setShard(replica.facts().partition())
                        .setGeneration(replica.facts().generation())
                        .setRole(role(group))
                        .setCondition(replicas.condition(replica))
                        .setLogTerm(Math.max(0, log.term()))
                        .setLogIndex(Math.max(0, log.index()))
                        .setLagEntries(Math.max(0, group.committed() - group.applied().index()));
        group.members().forEach(member -> status.addVoters(member.id().id()));
        if (group.leader() != null) {
            status.setLeader(group.leader().id().id());
        }
        List<String> problems = new ArrayList<>();
        add(problems, status.getCondition().getDetail());
        try (Reading reading = replica.read()) {
            if (reading != null) {
                ShardState state = reading.state();
                IndexStats stats = reading.index().stats();
                add(problems, stats.failure());
                status.setEpoch(state.epoch())
                        .setPosition(state.position())
                        .setPoints(state.rows())
                        .setRows(stats.rows())
                        .setGraphRows(stats.rows() - stats.tailRows())
                        .setSlabBytes(stats.slabBytes())
                        .setFrozenSegments(stats.frozen())
                        .setSealedSegments(stats.sealed().segments())
                        .setSealedRows(stats.sealed().rows())
                        .setSealedBytes(stats.sealed().bytes())
                        .setDigest(reading.view().digest().toString())
                        .setCaughtUpAtMs(state.log().caughtUpAtMs());
            }
        }
        return status.setProblem(String.join("; ", problems)).build();
    }

    /** All replicas as they stand, those that nothing describes, too. */
    List<ReplicaStatus> all() throws IOException {
        List<ReplicaStatus> all = new ArrayList<>();
        for (ShardReplica replica : replicas.all()) {
            all.add(status(replica));
        }
        replicas.undescribed().forEach(group -> all.add(undescribed(group)));
        all.sort(Comparator.comparing(ReplicaStatus::getGroup));
        return all;
    }

    private static ReplicaStatus undescribed(UUID group) {
        String detail = "there is data that nothing describes";
        return ReplicaStatus.newBuilder()
                .setGroup(group.toString())
                .setRole(Role.ROLE_CLOSED)
                .setCondition(
                        ReplicaCondition.newBuilder()
                                .setFailed(
                                        Failed.newBuilder()
                                                .setReason(
                                                        FailureReason.FAILURE_REASON_UNDESCRIBED))
                                .setDetail(detail))
                .setProblem(detail)
                .build();
    }

    private ReplicaUnavailable unavailable(ShardReplica replica) {
        return ReplicaUnavailable.newBuilder().setCondition(replicas.condition(replica)).build();
    }

    private static void add(List<String> problems, @Nullable String problem) {
        if (problem != null && !problem.isEmpty()) {
            problems.add(problem);
        }
    }

    private static Role role(GroupStatus status) {
        return switch (status.lifecycle()) {
            case ABSENT, STARTING, INSTALLING -> Role.ROLE_UNSPECIFIED;
            case CLOSED, FAILED -> Role.ROLE_CLOSED;
            case RUNNING ->
                    switch (status.role()) {
                        case LEADER -> Role.ROLE_LEADER;
                        case CANDIDATE -> Role.ROLE_CANDIDATE;
                        case FOLLOWER -> Role.ROLE_FOLLOWER;
                        case LISTENER -> Role.ROLE_LISTENER;
                        case NONE -> Role.ROLE_UNSPECIFIED;
                    };
        };
    }
}
