/** Tests of segment files. */
@NullMarked
package io.vectron.index.sealed;

import org.jspecify.annotations.NullMarked;
