/** Fakes of everything the gateway speaks to. */
@NullMarked
package io.vectron.gateway.fake;

import org.jspecify.annotations.NullMarked;
