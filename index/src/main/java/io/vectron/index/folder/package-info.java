/**
 * The folder of a shard's sealed segments: the manifest that says which files count, and the files
 * that live as long as the manifest or a reader holds them.
 */
@NullMarked
package io.vectron.index.folder;

import org.jspecify.annotations.NullMarked;
