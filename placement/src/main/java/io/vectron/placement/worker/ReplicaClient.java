package io.vectron.placement.worker;

import io.vectron.common.rpc.Address;
import io.vectron.placement.model.Failure;
import io.vectron.proto.worker.v1.AddReplicaRequest;
import io.vectron.proto.worker.v1.ChangeMembersRequest;
import io.vectron.proto.worker.v1.ReplicaStatus;

/**
 * Speaks to workers about their replicas. What the caller must handle is in the result; a call
 * waits no longer than its settings say. Any thread may call.
 */
public interface ReplicaClient extends AutoCloseable {
    /** How a call ended. */
    sealed interface Result {
        /** It is done, now or before. */
        record Done() implements Result {}

        /** The worker will not do it however often it is asked. */
        record Refused(Failure failure) implements Result {}

        /** The worker does not answer, or cannot do it now. */
        record Unavailable(String reason) implements Result {}
    }

    /** What a worker says about a shard. */
    sealed interface Leader {
        /**
         * It leads and answers.
         *
         * @param topicId Kafka's id of the topic that the shard follows
         */
        record Here(String topicId) implements Leader {}

        /** It does not lead, does not answer, or does not have the replica. */
        record NotHere(String reason) implements Leader {}
    }

    /** How a call ended that only the leader of a group answers. */
    sealed interface Led {
        /** It is done, now or before. */
        record Done() implements Led {}

        /**
         * Another member leads.
         *
         * @param leader who probably leads; "" if nobody is known
         */
        record NotLeader(String leader) implements Led {}

        /** All is well, but it takes its time. */
        record NotYet(String reason) implements Led {}

        /** The worker does not answer, or it is not done yet. */
        record Unavailable(String reason) implements Led {}
    }

    /** What a worker tells of a replica. */
    sealed interface Described {
        /** How it stands. */
        record Here(ReplicaStatus replica) implements Described {}

        /** It is not there. */
        record Absent() implements Described {}

        /** The worker does not answer. */
        record Unavailable(String reason) implements Described {}
    }

    /** Changes the members of a group. */
    Led changeMembers(Address worker, ChangeMembersRequest request) throws InterruptedException;

    /** Raises the epoch of a shard through its log. */
    Led setEpoch(Address worker, String group, long epoch) throws InterruptedException;

    /** Asks how a replica stands. */
    Described describe(Address worker, String group) throws InterruptedException;

    /** Starts a replica. */
    Result add(Address worker, AddReplicaRequest request) throws InterruptedException;

    /** Stops a replica and deletes its data. */
    Result remove(Address worker, String group) throws InterruptedException;

    /** Asks whether a worker leads a group. */
    Leader leader(Address worker, String group) throws InterruptedException;

    @Override
    void close();
}
