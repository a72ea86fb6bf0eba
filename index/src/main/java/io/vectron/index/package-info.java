/**
 * The vector index of one shard: hot rows in memory, sealed ones in mapped files, and searches over
 * all of them that see exactly the state at one position of the log.
 *
 * <p>No network, no Raft: the owner appends in log order and publishes positions. Rows that no file
 * has yet are appended anew from the owner's storage after a start. Entry points are {@link
 * io.vectron.index.VectorIndex} and {@link io.vectron.index.BuilderPool}; {@code hot} holds rows in
 * memory, {@code sealed} and {@code folder} the files, {@code merge} makes files of both, {@code
 * vector} and {@code code} compare.
 */
@NullMarked
package io.vectron.index;

import org.jspecify.annotations.NullMarked;
