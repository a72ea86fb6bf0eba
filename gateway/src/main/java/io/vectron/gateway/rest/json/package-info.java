/** Messages as JSON: names in snake_case, vectors as numbers, read and written as a stream. */
@NullMarked
package io.vectron.gateway.rest.json;

import org.jspecify.annotations.NullMarked;
