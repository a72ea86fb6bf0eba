/** All parts together in one process: what a user is promised, seen from outside. */
@NullMarked
package io.vectron.standalone.system;

import org.jspecify.annotations.NullMarked;
