/** Permanent error codes, and how they travel over gRPC. */
@NullMarked
package io.vectron.common.error;

import org.jspecify.annotations.NullMarked;
