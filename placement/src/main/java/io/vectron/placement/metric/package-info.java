/** What placement counts. */
@NullMarked
package io.vectron.placement.metric;

import org.jspecify.annotations.NullMarked;
