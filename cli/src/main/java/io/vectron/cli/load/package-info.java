/** Points from files into a collection. */
@NullMarked
package io.vectron.cli.load;

import org.jspecify.annotations.NullMarked;
