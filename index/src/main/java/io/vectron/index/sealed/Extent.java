package io.vectron.index.sealed;

import io.vectron.index.code.RecordLayout;

/**
 * What a segment's sections are sized by.
 *
 * @param format version of the file's format
 * @param rows at least 1
 */
record Extent(int format, RecordLayout layout, int rows) {}
