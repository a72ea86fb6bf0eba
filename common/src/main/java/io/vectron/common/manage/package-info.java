/** What a service tells those who operate it: alive, ready, and its metrics, over HTTP. */
@NullMarked
package io.vectron.common.manage;

import org.jspecify.annotations.NullMarked;
