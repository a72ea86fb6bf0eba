@NullMarked
package io.vectron.common.rpc;

import org.jspecify.annotations.NullMarked;
