@NullMarked
package io.vectron.common.trace;

import org.jspecify.annotations.NullMarked;
