@NullMarked
package io.vectron.common.manage;

import org.jspecify.annotations.NullMarked;
