/** Tests that start the launcher itself, as a person would. */
@NullMarked
package io.vectron.distribution;

import org.jspecify.annotations.NullMarked;
