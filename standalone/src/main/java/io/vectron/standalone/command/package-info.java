/** The sub commands of the launcher. */
@NullMarked
package io.vectron.standalone.command;

import org.jspecify.annotations.NullMarked;
