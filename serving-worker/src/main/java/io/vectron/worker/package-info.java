/** A serving worker: keeps replicas of shards and searches them. */
@NullMarked
package io.vectron.worker;

import org.jspecify.annotations.NullMarked;
