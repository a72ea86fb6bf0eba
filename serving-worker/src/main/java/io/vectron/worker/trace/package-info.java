/** What a leader remembers of the batches that it applied. */
@NullMarked
package io.vectron.worker.trace;

import org.jspecify.annotations.NullMarked;
