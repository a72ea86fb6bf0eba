/** Tests of readers of the log. */
@NullMarked
package io.vectron.gateway.log;

import org.jspecify.annotations.NullMarked;
