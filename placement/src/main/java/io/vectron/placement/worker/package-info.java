/** Replicas on workers, behind a port. */
@NullMarked
package io.vectron.placement.worker;

import org.jspecify.annotations.NullMarked;
