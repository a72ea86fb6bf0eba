/**
 * Each engine runs in a process of its own, so that neither the compiled code nor the memory of one
 * touches another's; the bench asks it by lines of text on its standard input.
 */
@NullMarked
package io.vectron.bench.index.process;

import org.jspecify.annotations.NullMarked;
