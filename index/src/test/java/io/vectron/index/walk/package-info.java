/** Tests of what walks share. */
@NullMarked
package io.vectron.index.walk;

import org.jspecify.annotations.NullMarked;
