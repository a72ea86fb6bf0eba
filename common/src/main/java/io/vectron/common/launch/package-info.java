/** What the programs of all services have in common: arguments, configuration, start and stop. */
@NullMarked
package io.vectron.common.launch;

import org.jspecify.annotations.NullMarked;
