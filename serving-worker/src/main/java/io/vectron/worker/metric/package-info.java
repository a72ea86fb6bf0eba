/** What the worker counts. */
@NullMarked
package io.vectron.worker.metric;

import org.jspecify.annotations.NullMarked;
