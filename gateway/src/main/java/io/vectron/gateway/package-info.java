/** The gateway: the public API in front of Kafka and the workers. */
@NullMarked
package io.vectron.gateway;

import org.jspecify.annotations.NullMarked;
