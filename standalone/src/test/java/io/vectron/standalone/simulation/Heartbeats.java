package io.vectron.standalone.simulation;

import io.vectron.placement.policy.Standing;
import io.vectron.proto.placement.v1.HeartbeatRequest;
import io.vectron.proto.worker.v1.Failed;
import io.vectron.proto.worker.v1.FailureReason;
import io.vectron.proto.worker.v1.Joining;
import io.vectron.proto.worker.v1.Quarantined;
import io.vectron.proto.worker.v1.ReplicaCondition;
import io.vectron.proto.worker.v1.ReplicaStatus;
import io.vectron.proto.worker.v1.Role;
import io.vectron.proto.worker.v1.Running;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** What workers tell placement of themselves, as long as they are heard. */
final class Heartbeats {
    private final Simulation world;
    private final Map<String, Heard> heard = new HashMap<>();

    private record Heard(HeartbeatRequest told, long atMs, int times) {}

    Heartbeats(Simulation world) {
        this.world = world;
    }

    /** Hears whoever speaks. */
    void listen() {
        for (SimulatedWorker worker : world.workers()) {
            Heard before = heard.get(worker.name());
            if (worker.isHeard()) {
                int times = before == null ? 1 : before.times() + 1;
                heard.put(worker.name(), new Heard(told(worker), world.now(), times));
            } else if (before != null && !worker.isUp()) {
                heard.put(worker.name(), new Heard(before.told(), before.atMs(), 0));
            }
        }
    }

    private static HeartbeatRequest told(SimulatedWorker worker) {
        HeartbeatRequest.Builder told = HeartbeatRequest.newBuilder();
        for (SimulatedReplica replica : worker.replicas()) {
            RaftLog log = replica.raft().log();
            told.addReplicas(
                    ReplicaStatus.newBuilder()
                            .setGroup(replica.facts().group().toString())
                            .setCollectionId(SimulatedPlacement.COLLECTION)
                            .setRole(replica.raft().leads() ? Role.ROLE_LEADER : Role.ROLE_FOLLOWER)
                            .setCondition(condition(replica))
                            .addAllVoters(log.voters())
                            .setLogTerm(Math.max(0, log.position(log.last()).term()))
                            .setLogIndex(Math.max(0, log.last())));
        }
        return told.build();
    }

    private static ReplicaCondition condition(SimulatedReplica replica) {
        ReplicaCondition.Builder condition = ReplicaCondition.newBuilder();
        SimulatedReplica.Stopped stopped = replica.stopped();
        if (stopped == null) {
            return replica.raft().log().voters().isEmpty()
                    ? condition.setJoining(Joining.getDefaultInstance()).build()
                    : condition.setRunning(Running.getDefaultInstance()).build();
        }
        return switch (stopped) {
            case QUARANTINED -> condition.setQuarantined(Quarantined.getDefaultInstance()).build();
            case FAILED ->
                    condition
                            .setFailed(
                                    Failed.newBuilder()
                                            .setReason(FailureReason.FAILURE_REASON_DEFECT))
                            .build();
        };
    }

    /** How all workers stand. */
    Map<String, Standing> standing() {
        Map<String, Standing> standing = new HashMap<>();
        heard.forEach((worker, last) ->
                standing.put(worker, Standing.of(last.told(), silence(worker), last.times())));
        return standing;
    }

    /** How long nothing was heard of a worker. */
    Duration silence(String worker) {
        Heard last = heard.get(worker);
        return Duration.ofMillis(world.now() - (last == null ? 0 : last.atMs()));
    }

    /** How often it was heard since it was started. */
    int times(String worker) {
        Heard last = heard.get(worker);
        return last == null ? 0 : last.times();
    }
}
