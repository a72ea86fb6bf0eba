/** A Flink cluster in this process, and the keeper of its one job. */
@NullMarked
package io.vectron.standalone.flink;

import org.jspecify.annotations.NullMarked;
