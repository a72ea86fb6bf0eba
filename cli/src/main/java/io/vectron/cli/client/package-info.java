/** The gateway as the command line sees it, and what its failures mean to a person. */
@NullMarked
package io.vectron.cli.client;

import org.jspecify.annotations.NullMarked;
