/** What people type: durations, times, vectors, tokens. */
@NullMarked
package io.vectron.cli.input;

import org.jspecify.annotations.NullMarked;
