/** What creating and deleting a collection takes, step by step: pure functions of a collection. */
@NullMarked
package io.vectron.placement.plan;

import org.jspecify.annotations.NullMarked;
