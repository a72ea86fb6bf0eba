/** The reverse dictionary: words and definitions, embedded here, found by meaning. */
@NullMarked
package io.vectron.standalone.demo;

import org.jspecify.annotations.NullMarked;
