@NullMarked
package io.vectron.bench.index;

import org.jspecify.annotations.NullMarked;
