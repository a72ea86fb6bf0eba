package io.vectron.index.sealed;

import io.vectron.index.code.RecordLayout;

/**
 * What a segment's sections are sized by.
 *
 * @param rows at least 1
 */
record Extent(RecordLayout layout, int rows) {}
