package io.vectron.worker.shard;

import io.vectron.proto.log.v1.Halt;

/** What became of an entry. A function of the state and the entry: every replica answers alike. */
public sealed interface ApplyResult {
    /**
     * The batch is in the state, now or before.
     *
     * @param position the shard's position, at least the batch's {@code to}
     */
    record Applied(long position) implements ApplyResult {}

    /** The sender's membership is older than the shard's. */
    record StaleEpoch(long current) implements ApplyResult {}

    /**
     * Records before the batch are missing.
     *
     * @param expected where the next batch must begin, or before
     */
    record Gap(long expected) implements ApplyResult {}

    /** The shard follows another topic. */
    record WrongTopic(String expectedTopicId) implements ApplyResult {}

    /** The entry breaks a rule that no retry mends; nothing of it was applied. */
    record Invalid(String message) implements ApplyResult {}

    /**
     * Nothing more of the log is applied, for good.
     *
     * @param topicId Kafka's id of the topic the shard follows
     */
    record Halted(String topicId, Halt why) implements ApplyResult {}

    /**
     * Something was told of the log, and the shard goes on.
     *
     * @param position the shard's position
     */
    record GoesOn(long position) implements ApplyResult {}

    /** The shard's epoch after a {@code SetEpoch}. */
    record EpochIs(long epoch) implements ApplyResult {}

    /**
     * The rows in memory were cut off, now or before.
     *
     * @param position the shard's position, at least the cut's
     */
    record Sealed(long position) implements ApplyResult {}

    /**
     * A digest was noted or compared.
     *
     * @param position the shard's position
     */
    record Compared(long position) implements ApplyResult {}
}
