package io.vectron.standalone.simulation;

/** What must hold at every step, whatever fails. */
enum Invariant {
    ANSWERS_EQUAL_THE_LOG("what a member answers at W is the state of the log at W"),
    WATERMARK_NEVER_FALLS("W never goes back while a member runs"),
    ACKNOWLEDGED_STAYS_APPLIED("what was answered as applied is there under every later leader"),
    NOTHING_IS_APPLIED_TWICE("a batch that is applied already changes nothing"),
    NO_OLD_EPOCH("no batch of an old epoch is applied, all members know the same epoch"),
    DIGESTS_AGREE("the digest at a position is that of the log, on every member"),
    DAMAGE_IS_FOUND("a member that was damaged is found, removed and made anew"),
    ONLY_DAMAGE_IS_FOUND("no member is stopped that was not damaged"),
    DURABLE_IS_DURABLE("what was said to be on the disk is there after a crash"),
    NO_REJECTION_UNHEARD("no rejected record is passed before its dead letter is durable"),
    LANES_NEVER_GIVE_UP("the job goes on whatever it is answered"),
    NOTHING_IS_LOST("when faults end, every member has all that Kafka acknowledged"),
    SHARDS_HEAL("when faults end, every shard has all its members again");

    private final String promise;

    Invariant(String promise) {
        this.promise = promise;
    }

    /** In words. */
    String promise() {
        return promise;
    }
}
