/** The program {@code vectron}: a client of the gateway. */
@NullMarked
package io.vectron.cli;

import org.jspecify.annotations.NullMarked;
