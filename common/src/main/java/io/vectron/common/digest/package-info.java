/** Hashes of rows and the digest of a shard's state. */
@NullMarked
package io.vectron.common.digest;

import org.jspecify.annotations.NullMarked;
