/**
 * Replicated state machines behind a small port: a {@link io.vectron.replication.ReplicationNode}
 * runs many Raft groups in one server, each of them applying its log to a {@link
 * io.vectron.replication.ReplicatedState}. Apache Ratis does the work and never shows.
 */
@NullMarked
package io.vectron.replication;

import org.jspecify.annotations.NullMarked;
