/** A cluster of real processes: started, killed, looked at and loaded. */
@NullMarked
package io.vectron.bench.cluster.process;

import org.jspecify.annotations.NullMarked;
