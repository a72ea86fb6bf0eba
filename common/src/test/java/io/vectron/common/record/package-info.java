@NullMarked
package io.vectron.common.record;

import org.jspecify.annotations.NullMarked;
