/** Rules for the facts of a collection. */
@NullMarked
package io.vectron.common.collection;

import org.jspecify.annotations.NullMarked;
