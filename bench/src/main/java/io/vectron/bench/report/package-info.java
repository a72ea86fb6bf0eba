/** Measurements and how they are printed. */
@NullMarked
package io.vectron.bench.report;

import org.jspecify.annotations.NullMarked;
