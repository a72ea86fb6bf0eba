/** Where shards live: the view of placement, indexed, and calls to the workers it names. */
@NullMarked
package io.vectron.ingest.route;

import org.jspecify.annotations.NullMarked;
