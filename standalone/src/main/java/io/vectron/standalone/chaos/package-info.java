/** A cluster under load and faults, whose history is judged: {@code ./vectron chaos}. */
@NullMarked
package io.vectron.standalone.chaos;

import org.jspecify.annotations.NullMarked;
