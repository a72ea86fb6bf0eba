/** Tests of folders of segments. */
@NullMarked
package io.vectron.index.folder;

import org.jspecify.annotations.NullMarked;
