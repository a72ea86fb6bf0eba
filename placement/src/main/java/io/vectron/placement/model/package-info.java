/** The cluster as placement sees it: immutable values, no behaviour beyond look-ups. */
@NullMarked
package io.vectron.placement.model;

import org.jspecify.annotations.NullMarked;
