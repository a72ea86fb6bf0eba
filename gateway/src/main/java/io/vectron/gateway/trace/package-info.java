/** Where a write is, and what the log still has of an id. */
@NullMarked
package io.vectron.gateway.trace;

import org.jspecify.annotations.NullMarked;
