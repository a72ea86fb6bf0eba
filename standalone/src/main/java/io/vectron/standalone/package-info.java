/** Entry point of the program: {@code ./vectron up} and {@code ./vectron demo}. */
@NullMarked
package io.vectron.standalone;

import org.jspecify.annotations.NullMarked;
