/** The same batches by three replicas in this process, and straight into RocksDB. */
@NullMarked
package io.vectron.bench.cluster.apply;

import org.jspecify.annotations.NullMarked;
