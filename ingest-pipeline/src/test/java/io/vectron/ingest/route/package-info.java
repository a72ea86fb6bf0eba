@NullMarked
package io.vectron.ingest.route;

import org.jspecify.annotations.NullMarked;
