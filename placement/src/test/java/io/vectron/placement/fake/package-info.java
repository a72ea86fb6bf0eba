/** Stand-ins for Kafka and for workers that keep their state, as the real ones do. */
@NullMarked
package io.vectron.placement.fake;

import org.jspecify.annotations.NullMarked;
