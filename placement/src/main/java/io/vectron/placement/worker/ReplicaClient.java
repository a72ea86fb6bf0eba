package io.vectron.placement.worker;

import io.vectron.common.rpc.Address;
import io.vectron.placement.model.Failure;
import io.vectron.proto.worker.v1.AddReplicaRequest;

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

    /** Starts a replica. */
    Result add(Address worker, AddReplicaRequest request) throws InterruptedException;

    /** Stops a replica and deletes its data. */
    Result remove(Address worker, String group) throws InterruptedException;

    /** Asks whether a worker leads a group. */
    Leader leader(Address worker, String group) throws InterruptedException;

    @Override
    void close();
}
