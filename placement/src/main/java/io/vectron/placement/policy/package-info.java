/** Decides where shards live: pure functions of a cluster. */
@NullMarked
package io.vectron.placement.policy;

import org.jspecify.annotations.NullMarked;
