/** What a person sees: progress bars, tables, colours; and JSON lines for programs. */
@NullMarked
package io.vectron.cli.terminal;

import org.jspecify.annotations.NullMarked;
