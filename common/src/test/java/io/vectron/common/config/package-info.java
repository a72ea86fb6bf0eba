@NullMarked
package io.vectron.common.config;

import org.jspecify.annotations.NullMarked;
