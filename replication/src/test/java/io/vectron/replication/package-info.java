@NullMarked
package io.vectron.replication;

import org.jspecify.annotations.NullMarked;
