package io.vectron.gateway.rest;

import java.util.List;

/** Operations that belong together. To add some, write one and name it in the gateway's wiring. */
@FunctionalInterface
public interface RouteGroup {

    /** The operations; asked once. */
    List<Route> routes();
}
