/** Rows on the disk, in RocksDB. The only package that knows RocksDB. */
@NullMarked
package io.vectron.worker.storage;

import org.jspecify.annotations.NullMarked;
