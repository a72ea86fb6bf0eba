package io.vectron.standalone.flink;

import java.nio.file.Path;

/**
 * How to run the Flink cluster.
 *
 * @param folder scratch space, emptied at every start
 * @param dashboardPort where dashboard and REST API listen, on the loopback address
 * @param slots subtasks that can run at once
 */
public record FlinkConfig(Path folder, int dashboardPort, int slots) {
    /** Refuses impossible figures. */
    public FlinkConfig {
        if (dashboardPort < 1 || slots < 1) {
            throw new IllegalArgumentException(
                    "Flink needs a port and a slot: " + dashboardPort + ", " + slots);
        }
    }
}
