@NullMarked
package io.vectron.common.digest;

import org.jspecify.annotations.NullMarked;
