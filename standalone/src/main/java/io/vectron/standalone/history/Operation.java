package io.vectron.standalone.history;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Something that a client did, and what it was told. */
public sealed interface Operation {
    /** Number in the history, in the order in which operations ended. */
    long number();

    /** Who did it. */
    String client();

    /** When. */
    Span span();

    /**
     * A write of one key.
     *
     * @param outcome what the client knows of it
     */
    record Write(
            long number, String client, Span span, String key, Change change, WriteOutcome outcome)
            implements Operation {
        @Override
        public String toString() {
            return head(this)
                    + switch (change) {
                        case Change.Put put -> "put " + key + " = " + put.stamp();
                        case Change.Delete _ -> "delete " + key;
                    }
                    + ": "
                    + outcome;
        }
    }

    /** What the client knows of its write. */
    sealed interface WriteOutcome {
        /**
         * Kafka has it.
         *
         * @param atMicros when the answer was there, microseconds since 1970
         */
        record Acknowledged(int shard, long offset, long atMicros) implements WriteOutcome {}

        /** It may be in the log or not. */
        record Unanswered(String reason) implements WriteOutcome {}
    }

    /**
     * A read.
     *
     * @param floor offset of the latest write of each shard that the answer must include
     * @param last asked when nobody wrote any more and everything was applied, said the system: it
     *     must be the state at the end of the log
     */
    record Read(
            long number,
            String client,
            Span span,
            Question question,
            Map<Integer, Long> floor,
            boolean last,
            ReadOutcome outcome)
            implements Operation {
        /** Keeps a copy. */
        public Read {
            floor = Map.copyOf(floor);
        }

        @Override
        public String toString() {
            String asked =
                    switch (question) {
                        case Question.Nearest _ -> "search";
                        case Question.All _ -> "exact search for all";
                        case Question.Keys keys -> "get " + keys.keys();
                    };
            String told =
                    switch (outcome) {
                        case ReadOutcome.Answer answer ->
                                (answer.replica() == null ? "" : "by " + answer.replica() + ", ")
                                        + "W "
                                        + answer.watermarks()
                                        + ", "
                                        + answer.shown().size()
                                        + " points";
                        case ReadOutcome.Failed failed -> "failed: " + failed.reason();
                    };
            return head(this) + asked + (floor.isEmpty() ? "" : " at least " + floor) + ": " + told;
        }
    }

    /** What a read was told. */
    sealed interface ReadOutcome {
        /**
         * An answer.
         *
         * @param watermarks position of each shard that answered
         * @param replica that was asked; null if the gateway chose, which it may do anew each time
         * @param freshAsOfMicros microseconds since 1970 up to which all writes are included, says
         *     the answer; {@link #NOT_SAID} if it does not
         */
        record Answer(
                Map<Integer, Long> watermarks,
                List<Shown> shown,
                @Nullable Replica replica,
                long freshAsOfMicros)
                implements ReadOutcome {
            /** No moment was told. */
            public static final long NOT_SAID = Long.MIN_VALUE;

            /** Keeps copies. */
            public Answer {
                watermarks = Map.copyOf(watermarks);
                shown = List.copyOf(shown);
            }
        }

        /** No answer, or not from all shards. */
        record Failed(String reason) implements ReadOutcome {}
    }

    /**
     * The members of a shard when all is quiet.
     *
     * @param members what each says of itself
     */
    record Census(long number, String client, Span span, int shard, List<Member> members)
            implements Operation {
        /** Keeps a copy. */
        public Census {
            members = List.copyOf(members);
        }

        @Override
        public String toString() {
            return head(this) + "members of shard " + shard + ": " + members;
        }
    }

    /** A replica at rest. */
    record Member(String worker, long position, String digest) {}

    private static String head(Operation operation) {
        return "#" + operation.number() + " " + operation.client() + ": ";
    }
}
