/**
 * The hot vector index of one shard: a slab of vectors, a graph over it, and searches that see
 * exactly the state at one position of the log.
 *
 * <p>No network, no Raft, no disk: the owner appends in log order and publishes positions; what is
 * lost with the process is appended anew from the owner's storage. Entry points are {@link
 * io.vectron.index.VectorIndex} and {@link io.vectron.index.BuilderPool}.
 */
@NullMarked
package io.vectron.index;

import org.jspecify.annotations.NullMarked;
