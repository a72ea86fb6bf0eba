@NullMarked
package io.vectron.cli;

import org.jspecify.annotations.NullMarked;
