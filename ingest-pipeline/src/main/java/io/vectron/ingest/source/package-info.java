/** Kafka topics as a Flink source whose checkpoint is what the replicas have applied. */
@NullMarked
package io.vectron.ingest.source;

import org.jspecify.annotations.NullMarked;
