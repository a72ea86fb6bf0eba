/** Indexes to compare: ours, and those of other libraries, behind one interface. */
@NullMarked
package io.vectron.bench.index.engine;

import org.jspecify.annotations.NullMarked;
