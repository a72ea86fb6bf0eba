/** Files that several services keep in the same way. */
@NullMarked
package io.vectron.common.file;

import org.jspecify.annotations.NullMarked;
