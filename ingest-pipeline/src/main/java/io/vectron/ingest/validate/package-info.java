/** The judgement of each record by its collection's facts. */
@NullMarked
package io.vectron.ingest.validate;

import org.jspecify.annotations.NullMarked;
