@NullMarked
package io.vectron.common.collection;

import org.jspecify.annotations.NullMarked;
