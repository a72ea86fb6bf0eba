/**
 * Codes that stand for vectors where many are compared: a 7-bit code a dimension, and 4-bit product
 * codes of a row's neighbours. Kernels by SIMD over them.
 */
@NullMarked
package io.vectron.index.code;

import org.jspecify.annotations.NullMarked;
