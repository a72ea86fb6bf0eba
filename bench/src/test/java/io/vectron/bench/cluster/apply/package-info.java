@NullMarked
package io.vectron.bench.cluster.apply;

import org.jspecify.annotations.NullMarked;
