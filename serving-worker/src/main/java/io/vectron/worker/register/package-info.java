/** Registration with placement. */
@NullMarked
package io.vectron.worker.register;

import org.jspecify.annotations.NullMarked;
