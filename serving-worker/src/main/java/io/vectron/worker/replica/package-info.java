/** The replicas of a worker: each a {@link io.vectron.worker.shard.ShardCore} with its store and
 * its index, driven by its Raft group. */
@NullMarked
package io.vectron.worker.replica;

import org.jspecify.annotations.NullMarked;
