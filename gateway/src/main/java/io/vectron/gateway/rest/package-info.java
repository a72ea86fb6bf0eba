/** The REST API over the service layer: HTTP in, JSON out. */
@NullMarked
package io.vectron.gateway.rest;

import org.jspecify.annotations.NullMarked;
