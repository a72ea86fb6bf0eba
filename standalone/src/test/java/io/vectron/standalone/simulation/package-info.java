/** A shard with its job, its replicas and placement on one thread, with faults chosen by a seed. */
@NullMarked
package io.vectron.standalone.simulation;

import org.jspecify.annotations.NullMarked;
