/** The ingest job as a program. */
@NullMarked
package io.vectron.ingest;

import org.jspecify.annotations.NullMarked;
