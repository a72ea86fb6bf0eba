@NullMarked
package io.vectron.bench.index.process;

import org.jspecify.annotations.NullMarked;
