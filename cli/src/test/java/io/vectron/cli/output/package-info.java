@NullMarked
package io.vectron.cli.output;

import org.jspecify.annotations.NullMarked;
