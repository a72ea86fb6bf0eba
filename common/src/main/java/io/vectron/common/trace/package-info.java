/** Trace context: from a request or a record's header to the log lines of what became of it. */
@NullMarked
package io.vectron.common.trace;

import org.jspecify.annotations.NullMarked;
