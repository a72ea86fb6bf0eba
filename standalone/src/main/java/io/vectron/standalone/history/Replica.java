package io.vectron.standalone.history;

/**
 * A replica that was asked by itself.
 *
 * @param worker that holds it
 * @param incarnation changes whenever the worker's process is started, and when the members change:
 *     only within one may its watermark be expected not to go back
 */
public record Replica(String worker, String incarnation) {}
