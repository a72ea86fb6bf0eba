/** Float vectors: distances by SIMD, and the order of rows under each metric. */
@NullMarked
package io.vectron.index.vector;

import org.jspecify.annotations.NullMarked;
