@NullMarked
package io.vectron.standalone.history;

import org.jspecify.annotations.NullMarked;
