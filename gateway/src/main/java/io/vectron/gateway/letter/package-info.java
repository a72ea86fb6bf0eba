/** Dead letters as they stand in their topic: what was refused, and how it was settled. */
@NullMarked
package io.vectron.gateway.letter;

import org.jspecify.annotations.NullMarked;
