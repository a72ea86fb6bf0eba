/** The services as processes of their own on this machine. */
@NullMarked
package io.vectron.standalone.cluster;

import org.jspecify.annotations.NullMarked;
