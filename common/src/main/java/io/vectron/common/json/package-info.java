/** The contract's messages as JSON: one form, whoever prints them. */
@NullMarked
package io.vectron.common.json;

import org.jspecify.annotations.NullMarked;
