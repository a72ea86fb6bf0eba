/** Placement's replicated state machine: a pure core, its snapshot file, its readers. */
@NullMarked
package io.vectron.placement.state;

import org.jspecify.annotations.NullMarked;
