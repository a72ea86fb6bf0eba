package io.vectron.replication;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What became of a proposed entry. */
public sealed interface ProposeResult {
    /**
     * The entry is in the log of a majority and this member has applied it.
     *
     * <p>Not a record, since it holds an array: two of them are never equal.
     */
    final class Applied implements ProposeResult {
        private final byte[] answer;
        private final RaftPosition at;

        /**
         * @param answer what {@link ReplicatedState#apply} returned; not copied
         */
        public Applied(byte[] answer, RaftPosition at) {
            this.answer = Objects.requireNonNull(answer, "answer");
            this.at = Objects.requireNonNull(at, "at");
        }

        /** What {@link ReplicatedState#apply} returned; not copied, not to be changed. */
        public byte[] answer() {
            return answer;
        }

        /** Where the entry lies in the log. */
        public RaftPosition at() {
            return at;
        }

        @Override
        public String toString() {
            return "Applied[at=" + at + ", answer=" + answer.length + " bytes]";
        }
    }

    /**
     * Another member leads, or none does at the moment. If this member led when the call was made,
     * the entry may still be applied, as with {@link Unavailable}.
     *
     * @param leader who probably leads
     */
    record NotLeader(@Nullable Peer leader) implements ProposeResult {}

    /** Refused before it reached the log. */
    record TooLarge(int bytes, int limit) implements ProposeResult {}

    /** This node has no replica of the group. */
    record UnknownGroup() implements ProposeResult {}

    /**
     * No answer. The entry may or may not be applied, now or later: proposing it again must be
     * harmless, which the state has to see to.
     */
    record Unavailable(String reason) implements ProposeResult {}
}
