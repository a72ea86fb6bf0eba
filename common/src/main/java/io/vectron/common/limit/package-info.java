/** Limits that hold everywhere. */
@NullMarked
package io.vectron.common.limit;

import org.jspecify.annotations.NullMarked;
