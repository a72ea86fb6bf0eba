/** What replication costs, and how a cluster of real processes takes losses, idleness and joins. */
@NullMarked
package io.vectron.bench.cluster;

import org.jspecify.annotations.NullMarked;
