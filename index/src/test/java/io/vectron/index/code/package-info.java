/** Tests of codes and their kernels. */
@NullMarked
package io.vectron.index.code;

import org.jspecify.annotations.NullMarked;
