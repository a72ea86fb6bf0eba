/** Where the shards of a collection live, and how to reach their workers. */
@NullMarked
package io.vectron.gateway.route;

import org.jspecify.annotations.NullMarked;
