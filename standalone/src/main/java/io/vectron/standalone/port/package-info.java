/** Which part listens on which port. */
@NullMarked
package io.vectron.standalone.port;

import org.jspecify.annotations.NullMarked;
