/**
 * The state machine of a shard, pure: no clock, no thread, no I/O of its own. What it needs is
 * behind the ports {@link io.vectron.worker.shard.PointStore} and {@link
 * io.vectron.worker.shard.PointIndex}.
 */
@NullMarked
package io.vectron.worker.shard;

import org.jspecify.annotations.NullMarked;
