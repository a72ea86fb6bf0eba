/** Processes of the operating system that outlive the program that started them. */
@NullMarked
package io.vectron.standalone.process;

import org.jspecify.annotations.NullMarked;
