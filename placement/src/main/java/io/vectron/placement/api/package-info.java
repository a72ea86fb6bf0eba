/** Placement's gRPC service. */
@NullMarked
package io.vectron.placement.api;

import org.jspecify.annotations.NullMarked;
