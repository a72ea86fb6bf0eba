/** Benchmarks behind {@code ./vectron bench}. */
@NullMarked
package io.vectron.bench;

import org.jspecify.annotations.NullMarked;
