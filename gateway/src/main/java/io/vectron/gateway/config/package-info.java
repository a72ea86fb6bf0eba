/** What the gateway is told at its start. */
@NullMarked
package io.vectron.gateway.config;

import org.jspecify.annotations.NullMarked;
