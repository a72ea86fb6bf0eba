/** Rewriting segments: what to merge when, and how rows and graphs become a new segment. */
@NullMarked
package io.vectron.index.merge;

import org.jspecify.annotations.NullMarked;
