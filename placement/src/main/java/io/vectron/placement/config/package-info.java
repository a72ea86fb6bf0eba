/** Settings of placement: immutable records that refuse nonsense. */
@NullMarked
package io.vectron.placement.config;

import org.jspecify.annotations.NullMarked;
