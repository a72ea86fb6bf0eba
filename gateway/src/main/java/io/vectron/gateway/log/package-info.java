/** Reading stretches of the log, with limits. */
@NullMarked
package io.vectron.gateway.log;

import org.jspecify.annotations.NullMarked;
