/** The public gRPC services over the service layer. */
@NullMarked
package io.vectron.gateway.api;

import org.jspecify.annotations.NullMarked;
