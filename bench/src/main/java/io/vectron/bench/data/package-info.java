/** Data sets of the big-ann benchmarks' layout: vectors, queries and the exact answers. */
@NullMarked
package io.vectron.bench.data;

import org.jspecify.annotations.NullMarked;
