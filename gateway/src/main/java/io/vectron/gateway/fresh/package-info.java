/** How far the log reaches, and what a position says about time. */
@NullMarked
package io.vectron.gateway.fresh;

import org.jspecify.annotations.NullMarked;
