/** What benchmarks run against: a Vectron process, its clients, vectors. */
@NullMarked
package io.vectron.bench.run;

import org.jspecify.annotations.NullMarked;
