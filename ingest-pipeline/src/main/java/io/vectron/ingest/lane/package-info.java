/**
 * The delivery of one shard's log to one replica group, as a state machine without clock, thread,
 * network or Flink.
 */
@NullMarked
package io.vectron.ingest.lane;

import org.jspecify.annotations.NullMarked;
