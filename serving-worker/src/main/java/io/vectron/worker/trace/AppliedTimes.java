package io.vectron.worker.trace;

/**
 * When a batch passed the stages of the leader, milliseconds since 1970.
 *
 * @param committedAtMs the group had it, and gave it to the state machine
 * @param appliedAtMs the rows included it
 * @param searchableAtMs searches included it
 */
public record AppliedTimes(long committedAtMs, long appliedAtMs, long searchableAtMs) {}
