/** Writing to the log. */
@NullMarked
package io.vectron.gateway.write;

import org.jspecify.annotations.NullMarked;
