/** All parts of Vectron in one process: started, watched and stopped. */
@NullMarked
package io.vectron.standalone.run;

import org.jspecify.annotations.NullMarked;
