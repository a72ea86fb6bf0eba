/** Names, headers, partitions and positions of the log. */
@NullMarked
package io.vectron.common.log;

import org.jspecify.annotations.NullMarked;
