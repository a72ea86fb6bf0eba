/**
 * Sealed segments: immutable mapped files of a shard's rows, their codes and their graph; how they
 * are written, checked, opened and walked. The format: {@code docs/segment-file.md}.
 */
@NullMarked
package io.vectron.index.sealed;

import org.jspecify.annotations.NullMarked;
