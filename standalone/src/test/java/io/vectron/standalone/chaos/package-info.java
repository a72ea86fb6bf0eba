@NullMarked
package io.vectron.standalone.chaos;

import org.jspecify.annotations.NullMarked;
