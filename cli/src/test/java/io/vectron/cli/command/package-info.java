@NullMarked
package io.vectron.cli.command;

import org.jspecify.annotations.NullMarked;
