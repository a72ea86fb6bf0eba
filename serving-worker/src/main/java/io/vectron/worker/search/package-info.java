/** Reads of replicas: search, get, digest, each exactly at one position. */
@NullMarked
package io.vectron.worker.search;

import org.jspecify.annotations.NullMarked;
