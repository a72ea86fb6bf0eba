/** What the log says to a person. */
@NullMarked
package io.vectron.standalone.terminal;

import org.jspecify.annotations.NullMarked;
