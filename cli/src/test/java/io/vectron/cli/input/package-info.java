@NullMarked
package io.vectron.cli.input;

import org.jspecify.annotations.NullMarked;
