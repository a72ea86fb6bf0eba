/** Tests of the hot index. */
@NullMarked
package io.vectron.index;

import org.jspecify.annotations.NullMarked;
