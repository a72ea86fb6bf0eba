/** Reading from the workers: fan-out, merge and freshness of the answer. */
@NullMarked
package io.vectron.gateway.search;

import org.jspecify.annotations.NullMarked;
