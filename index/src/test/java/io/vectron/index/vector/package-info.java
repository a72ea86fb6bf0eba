/** Tests of float vectors. */
@NullMarked
package io.vectron.index.vector;

import org.jspecify.annotations.NullMarked;
