package io.vectron.standalone.cluster;

import org.jspecify.annotations.Nullable;

/** Asks services whether they can serve. Safe for use by several threads. */
interface Readiness extends AutoCloseable {
    /** What a running service still lacks, in a few words; null if it can serve. */
    @Nullable String lacks(Service service);

    @Override
    void close();
}
