package io.vectron.gateway.rest;

import java.io.IOException;

/**
 * Stands around every call, matched by a route or not: the place for metrics, traces and access
 * rules. When {@code next} returns, the call is answered, errors included, and {@link
 * RestCall#status} tells how. A {@link io.vectron.common.error.VectronException} thrown before is
 * answered as if the handler had thrown it.
 */
@FunctionalInterface
public interface RestFilter {

    /** Handles the call, by {@code next.handle(call)} or by refusing it. */
    void handle(RestCall call, RestHandler next) throws IOException;
}
