/** What the gateway counts. */
@NullMarked
package io.vectron.gateway.metric;

import org.jspecify.annotations.NullMarked;
