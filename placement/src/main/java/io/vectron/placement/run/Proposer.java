package io.vectron.placement.run;

import io.vectron.replication.ProposeResult;
import java.util.concurrent.CompletableFuture;

/** Where entries go: placement's Raft group. */
@FunctionalInterface
public interface Proposer {
    /** Proposes an entry; the future never fails. */
    CompletableFuture<ProposeResult> propose(byte[] entry);
}
