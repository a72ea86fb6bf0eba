package io.vectron.ingest.lane;

import com.google.protobuf.ByteString;
import io.vectron.proto.log.v1.ApplyBatch;
import io.vectron.proto.worker.v1.BatchJourney;
import java.util.List;
import java.util.Map;

/**
 * What a lane wants done. Commands with a number are answered by {@link Lane#reply} under that
 * number; an answer to an older number is ignored, so a driver may give up and answer {@link
 * Reply.Unavailable} at any time.
 */
public sealed interface Effect {
    /**
     * Send the batch to the shard's leader.
     *
     * @param journey its way so far, without the time that it is sent at
     */
    record Send(long number, ApplyBatch batch, BatchJourney journey) implements Effect {}

    /** Ask the shard for the versions of these ids as of {@code position} or later. */
    record LookUp(long number, long position, List<ByteString> ids) implements Effect {
        public LookUp {
            ids = List.copyOf(ids);
        }
    }

    /** Ask the shard where it stands. The lane is idle and would not notice if it lost state. */
    record Check(long number) implements Effect {}

    /** Make these letters durable, all of them, then answer {@link Reply.LettersWritten}. */
    record WriteDeadLetters(long number, List<DeadLetter.Addressed> letters) implements Effect {
        public WriteDeadLetters {
            letters = List.copyOf(letters);
        }
    }

    /** Stop reading the partition. */
    record Pause() implements Effect {}

    /** Read the partition again. */
    record Resume() implements Effect {}

    /**
     * Read from {@code position} on. Everything read from there on carries {@code session}; what
     * still arrives of an older session is ignored.
     */
    record Rewind(long position, long session) implements Effect {}

    /**
     * A failure: the lane tries again after {@code delayMs}.
     *
     * @param pressed whether the shard only asked for time: what backpressure looks like
     */
    record Retrying(String reason, boolean pressed, int failures, long delayMs) implements Effect {}

    /**
     * The shard's state includes everything below {@code position}.
     *
     * @param position applied position
     * @param accepted accepted records of the batch
     * @param rejected rejected records of the batch, by rule
     * @param bytes bytes of the batch
     */
    record Acknowledged(long position, int accepted, Map<String, Integer> rejected, long bytes)
            implements Effect {
        public Acknowledged {
            rejected = Map.copyOf(rejected);
        }
    }

    /** The lane can never go on: remove its split, tell people. */
    record Stop(String code, String message) implements Effect {}
}
