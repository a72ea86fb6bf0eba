/** The paths of the REST API, a class for each service. */
@NullMarked
package io.vectron.gateway.rest.route;

import org.jspecify.annotations.NullMarked;
