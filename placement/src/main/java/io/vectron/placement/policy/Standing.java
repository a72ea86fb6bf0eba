package io.vectron.placement.policy;

import io.vectron.proto.placement.v1.HeartbeatRequest;
import io.vectron.proto.worker.v1.FailureReason;
import io.vectron.proto.worker.v1.ReplicaCondition;
import io.vectron.proto.worker.v1.ReplicaStatus;
import io.vectron.proto.worker.v1.Role;
import io.vectron.proto.worker.v1.WorkerCapacity;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * How a worker stands.
 *
 * @param silence time since it was last heard
 * @param heard how often it was heard since it was started; 0 if never
 * @param replicas its replicas by group, as last told
 * @param diskUsed share of its disk in use, 0 to 1; 0 if not known
 * @param young groups it was given so lately that it may have told this before
 */
public record Standing(
        Duration silence,
        int heard,
        Map<String, ReplicaStatus> replicas,
        double diskUsed,
        Set<String> young) {
    /** The first report of a start may be one of the start before. */
    private static final int SURE = 2;

    public Standing {
        replicas = Map.copyOf(replicas);
        young = Set.copyOf(young);
    }

    /** A worker that was not heard for all the time that anybody listened. */
    public static Standing unheard(Duration silence) {
        return new Standing(silence, 0, Map.of(), 0, Set.of());
    }

    /** A worker as it told. */
    public static Standing of(HeartbeatRequest told, Duration silence, int heard) {
        Map<String, ReplicaStatus> replicas = new HashMap<>();
        told.getReplicasList().forEach(replica -> replicas.put(replica.getGroup(), replica));
        WorkerCapacity capacity = told.getCapacity();
        double used =
                capacity.getDiskBytes() <= 0
                        ? 0
                        : (double) capacity.getDiskUsedBytes() / capacity.getDiskBytes();
        return new Standing(silence, heard, replicas, used, Set.of());
    }

    /** The same, given these groups lately. */
    public Standing withYoung(Set<String> groups) {
        return new Standing(silence, heard, replicas, diskUsed, groups);
    }

    /** Whether it told of its replicas, and would have told of this one. */
    boolean lacks(String group) {
        return heard >= SURE && !replicas.containsKey(group) && !young.contains(group);
    }

    /** What is known of a replica. */
    enum Health {
        /** It works. */
        WELL,
        /** It is being opened, or nothing is known of it. */
        UNKNOWN,
        /** It does not work and does not vote, and will not before it is made anew. */
        LOST,
        /** The whole shard must be made anew. */
        OUTDATED
    }

    /** How a replica is that should be there. */
    Health health(String group) {
        ReplicaStatus replica = replicas.get(group);
        if (replica == null) {
            return lacks(group) ? Health.LOST : Health.UNKNOWN;
        }
        return switch (replica.getCondition().getConditionCase()) {
            case RUNNING, LOG_DIVERGED -> Health.WELL;
            case FAILED ->
                    // Comes back by itself, with all it has.
                    replica.getCondition().getFailed().getReason()
                                    == FailureReason.FAILURE_REASON_DISK_FULL
                            ? Health.UNKNOWN
                            : Health.LOST;
            case QUARANTINED -> Health.LOST;
            case OUTDATED -> Health.OUTDATED;
            case OPENING, JOINING -> Health.UNKNOWN;
            case CONDITION_NOT_SET -> // a worker of an older release
                    switch (replica.getRole()) {
                        case ROLE_LEADER, ROLE_FOLLOWER, ROLE_LISTENER -> Health.WELL;
                        case ROLE_CLOSED -> Health.LOST;
                        case ROLE_CANDIDATE, ROLE_UNSPECIFIED, UNRECOGNIZED -> Health.UNKNOWN;
                    };
        };
    }

    /** Why a replica is not well, for people. */
    String trouble(String group) {
        ReplicaStatus replica = replicas.get(group);
        if (replica == null) {
            return "the worker does not have it";
        }
        ReplicaCondition condition = replica.getCondition();
        String what =
                switch (condition.getConditionCase()) {
                    case FAILED -> condition.getFailed().getReason().name();
                    case CONDITION_NOT_SET -> replica.getRole() + " " + replica.getProblem();
                    case OPENING, JOINING, RUNNING, QUARANTINED, LOG_DIVERGED, OUTDATED ->
                            condition.getConditionCase().name();
                };
        return condition.getDetail().isEmpty() ? what : what + ": " + condition.getDetail();
    }

    /** Whether it leads the group, by its own word. */
    boolean leads(String group) {
        ReplicaStatus replica = replicas.get(group);
        return replica != null && replica.getRole() == Role.ROLE_LEADER;
    }
}
