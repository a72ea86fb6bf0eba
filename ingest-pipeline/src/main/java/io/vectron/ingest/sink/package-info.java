/** Drives one lane a shard: sends batches to workers and dead letters to Kafka. */
@NullMarked
package io.vectron.ingest.sink;

import org.jspecify.annotations.NullMarked;
