/** Channels, servers and the view of the cluster. */
@NullMarked
package io.vectron.common.rpc;

import org.jspecify.annotations.NullMarked;
