package io.vectron.placement.run;

import io.vectron.placement.state.Answer;
import io.vectron.proto.log.v1.PlacementEntry;
import io.vectron.replication.Peer;
import io.vectron.replication.ProposeResult;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Stamps commands with the leader's time and waits until they are applied. Any thread may call. */
public final class CommandLog {
    private final Proposer proposer;
    private final InstantSource clock;

    public CommandLog(Proposer proposer, InstantSource clock) {
        this.proposer = proposer;
        this.clock = clock;
    }

    /** The leader's time, milliseconds since 1970. */
    public long nowMs() {
        return clock.millis();
    }

    /** Proposes a command and waits for its answer, as long as replication does. */
    public Outcome propose(PlacementEntry.Builder command) throws InterruptedException {
        PlacementEntry entry = command.setStampedAtMs(nowMs()).build();
        CompletableFuture<ProposeResult> proposed = proposer.propose(entry.toByteArray());
        ProposeResult result;
        try {
            result = proposed.get();
        } catch (ExecutionException broken) {
            throw new IllegalStateException("replication broke its promise", broken);
        }
        return switch (result) {
            case ProposeResult.Applied applied -> new Outcome.Answered(Answer.of(applied.answer()));
            case ProposeResult.NotLeader notLeader -> {
                Peer leader = notLeader.leader();
                yield new Outcome.NotLeader(leader == null ? null : leader.id());
            }
            case ProposeResult.TooLarge tooLarge ->
                    throw new IllegalStateException(
                            "a command of "
                                    + tooLarge.bytes()
                                    + " bytes; the limits of collections allow none above "
                                    + tooLarge.limit());
            case ProposeResult.UnknownGroup unknown ->
                    new Outcome.Unavailable("placement's group is not running");
            case ProposeResult.Unavailable unavailable ->
                    new Outcome.Unavailable(unavailable.reason());
        };
    }
}
