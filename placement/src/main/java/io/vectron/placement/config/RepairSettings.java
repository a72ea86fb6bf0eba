package io.vectron.placement.config;

import io.vectron.common.config.Setting;
import java.time.Duration;

/**
 * When replicas are made anew.
 *
 * @param silent a worker that has not been heard for so long gets no new replicas
 * @param deadAfter a worker that has not been heard for so long is given up: its replicas are made
 *     anew on other workers. Suspended while more than a third of the workers are silent
 * @param look pause between two looks at the workers
 * @param pause rest of a shard between two changes of its members
 */
public record RepairSettings(
        @Setting(
                        "A worker that has not been heard for so long gets no new replicas; some"
                                + " of its heartbeats.")
                Duration silent,
        @Setting(
                        "A worker that has not been heard for so long is given up: its replicas"
                                + " are made anew on other workers, unless more than a third of"
                                + " the workers are silent.")
                Duration deadAfter,
        @Setting("Pause between two looks at the workers.") Duration look,
        @Setting("Rest of a shard between two changes of its members.") Duration pause) {
    public RepairSettings {
        if (look.toMillis() < 1 || silent.toMillis() < 1 || pause.isNegative()) {
            throw new IllegalArgumentException(
                    "times must be positive: " + look + ", " + silent + ", " + pause);
        }
        if (deadAfter.compareTo(silent) < 0) {
            throw new IllegalArgumentException(
                    "dead after " + deadAfter + ", which is below silent, " + silent);
        }
    }

    /** Silent after 15 s, dead after 10 min; a look each second, 10 s of rest. */
    public static RepairSettings defaults() {
        return new RepairSettings(
                Duration.ofSeconds(15),
                Duration.ofMinutes(10),
                Duration.ofSeconds(1),
                Duration.ofSeconds(10));
    }
}
