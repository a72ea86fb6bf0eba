/** The figures a newcomer feels: start, demo, freshness, ingest. */
@NullMarked
package io.vectron.bench.smoke;

import org.jspecify.annotations.NullMarked;
