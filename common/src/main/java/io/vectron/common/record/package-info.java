/** Validation of records and the canonical form of points. */
@NullMarked
package io.vectron.common.record;

import org.jspecify.annotations.NullMarked;
