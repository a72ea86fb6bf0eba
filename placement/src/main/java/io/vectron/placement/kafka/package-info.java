/** Topics and the catalogue in Kafka, behind ports. */
@NullMarked
package io.vectron.placement.kafka;

import org.jspecify.annotations.NullMarked;
