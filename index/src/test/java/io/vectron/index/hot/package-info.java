/** Tests of rows in memory. */
@NullMarked
package io.vectron.index.hot;

import org.jspecify.annotations.NullMarked;
