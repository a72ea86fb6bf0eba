/** What flows between the parts of one task: source, validation and sink. */
@NullMarked
package io.vectron.ingest.feed;

import org.jspecify.annotations.NullMarked;
