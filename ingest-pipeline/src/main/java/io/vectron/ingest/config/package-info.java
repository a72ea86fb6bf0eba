/** What the job is told: read once, immutable, shipped to every task. */
@NullMarked
package io.vectron.ingest.config;

import org.jspecify.annotations.NullMarked;
