/** {@code ./vectron bench index}: our index beside those of other libraries, on the same data. */
@NullMarked
package io.vectron.bench.index;

import org.jspecify.annotations.NullMarked;
