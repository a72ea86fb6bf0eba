/** A Kafka broker in this process. */
@NullMarked
package io.vectron.standalone.broker;

import org.jspecify.annotations.NullMarked;
