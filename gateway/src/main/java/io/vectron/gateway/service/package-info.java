/** The one service layer that every protocol of the gateway stands on. */
@NullMarked
package io.vectron.gateway.service;

import org.jspecify.annotations.NullMarked;
