@NullMarked
package io.vectron.bench.data;

import org.jspecify.annotations.NullMarked;
