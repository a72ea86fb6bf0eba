package io.vectron.placement.state;

import io.vectron.placement.model.Cluster;

/**
 * What an entry leads to.
 *
 * @param next the cluster after it
 * @param answer what the proposer learns
 */
public record Transition(Cluster next, Answer answer) {}
