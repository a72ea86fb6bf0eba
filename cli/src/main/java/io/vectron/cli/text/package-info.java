/** Text to vectors, by a model that runs in this process. */
@NullMarked
package io.vectron.cli.text;

import org.jspecify.annotations.NullMarked;
