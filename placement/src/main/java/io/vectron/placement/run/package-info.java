/** What the leader does: carries out plans, one owner for each collection. */
@NullMarked
package io.vectron.placement.run;

import org.jspecify.annotations.NullMarked;
