/**
 * Configuration of services: immutable records, filled from an env file, the process environment
 * and program arguments, with all problems reported together.
 */
@NullMarked
package io.vectron.common.config;

import org.jspecify.annotations.NullMarked;
