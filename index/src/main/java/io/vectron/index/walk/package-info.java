/**
 * What walks and scans of all segments keep while they search: the rows found, the rows met. No
 * knowledge of where the rows are.
 */
@NullMarked
package io.vectron.index.walk;

import org.jspecify.annotations.NullMarked;
