@NullMarked
package io.vectron.common.log;

import org.jspecify.annotations.NullMarked;
