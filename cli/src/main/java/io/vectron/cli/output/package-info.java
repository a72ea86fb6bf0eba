/** What commands print: lines for people, JSON for programs. */
@NullMarked
package io.vectron.cli.output;

import org.jspecify.annotations.NullMarked;
