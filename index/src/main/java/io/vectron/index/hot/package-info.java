/**
 * Rows in memory: a slab that is only appended to, and a graph over it that follows. Whoever reads
 * it needs no lock.
 */
@NullMarked
package io.vectron.index.hot;

import org.jspecify.annotations.NullMarked;
