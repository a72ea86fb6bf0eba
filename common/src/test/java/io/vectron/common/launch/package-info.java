@NullMarked
package io.vectron.common.launch;

import org.jspecify.annotations.NullMarked;
