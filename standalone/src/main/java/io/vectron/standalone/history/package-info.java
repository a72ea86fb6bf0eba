/**
 * What clients were told, judged against the log: a history of writes and reads, and a checker that
 * finds every answer that cannot be true. Pure: no clock, thread or network.
 */
@NullMarked
package io.vectron.standalone.history;

import org.jspecify.annotations.NullMarked;
