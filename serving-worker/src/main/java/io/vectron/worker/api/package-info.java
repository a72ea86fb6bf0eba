/** gRPC to domain and back. */
@NullMarked
package io.vectron.worker.api;

import org.jspecify.annotations.NullMarked;
