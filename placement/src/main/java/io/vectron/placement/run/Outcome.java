package io.vectron.placement.run;

import io.vectron.placement.state.Answer;
import io.vectron.replication.PeerId;
import org.jspecify.annotations.Nullable;

/** What became of a command. */
public sealed interface Outcome {
    /** The state machine answered. */
    record Answered(Answer answer) implements Outcome {}

    /**
     * Another member leads, or none does at the moment.
     *
     * @param leader who probably leads
     */
    record NotLeader(@Nullable PeerId leader) implements Outcome {}

    /** No answer: the command may be applied yet. Proposing the same one again is harmless. */
    record Unavailable(String reason) implements Outcome {}
}
