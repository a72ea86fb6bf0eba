package io.vectron.ingest.lane;

import com.google.protobuf.ByteString;
import java.util.Map;

/** What became of a command of a lane that asked somebody for something. */
public sealed interface Reply {
    /** The shard's state includes everything below {@code position}. */
    record Applied(long position) implements Reply {}

    /** The asked member does not lead. */
    record NotLeader() implements Reply {}

    /** The lane's epoch is lower than the shard's. */
    record StaleEpoch(long current) implements Reply {}

    /** The shard stands at {@code expected}, before the batch. */
    record Gap(long expected) implements Reply {}

    /** The shard follows another topic. */
    record WrongTopic(String expectedTopicId) implements Reply {}

    /** The shard takes nothing more from its log, for good. */
    record Halted(String why) implements Reply {}

    /** The asked worker has no such replica: gone, moving, or not there yet. */
    record UnknownShard() implements Reply {}

    /** The shard has no room now. */
    record Overloaded(long retryAfterMs, String reason) implements Reply {}

    /** The batch can never be applied: a bug on this side. */
    record Invalid(String message) implements Reply {}

    /** Nobody answered, or the answer was lost. */
    record Unavailable(String reason) implements Reply {}

    /** Versions of the live points among the ids asked for; others are absent. */
    record Versions(Map<ByteString, Long> byId) implements Reply {
        public Versions {
            byId = Map.copyOf(byId);
        }
    }

    /** All dead letters of the command are durable. */
    record LettersWritten() implements Reply {}
}
