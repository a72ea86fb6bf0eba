/**
 * Placement keeps the catalogue of collections and says which worker holds which shard.
 *
 * <p>{@link io.vectron.placement.PlacementNode} wires the parts: requests enter by {@code api},
 * become entries of a Raft log, are applied by the pure core in {@code state}, and what they ask
 * of Kafka and of the workers is carried out by the leader in {@code run}, step by step as {@code
 * plan} says.
 */
@NullMarked
package io.vectron.placement;

import org.jspecify.annotations.NullMarked;
