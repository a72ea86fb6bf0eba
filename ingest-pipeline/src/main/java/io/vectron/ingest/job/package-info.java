/** The job's graph. */
@NullMarked
package io.vectron.ingest.job;

import org.jspecify.annotations.NullMarked;
