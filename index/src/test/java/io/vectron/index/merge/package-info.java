/** Tests of rewriting segments. */
@NullMarked
package io.vectron.index.merge;

import org.jspecify.annotations.NullMarked;
