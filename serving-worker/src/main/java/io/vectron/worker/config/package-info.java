/** Settings of a worker. */
@NullMarked
package io.vectron.worker.config;

import org.jspecify.annotations.NullMarked;
