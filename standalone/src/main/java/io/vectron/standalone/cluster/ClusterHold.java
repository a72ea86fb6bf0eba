package io.vectron.standalone.cluster;

import io.vectron.common.file.FolderLock;
import io.vectron.standalone.run.DataFolder;
import io.vectron.standalone.run.RefusedException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Takes the folder of services in several processes, to start or stop them. */
public final class ClusterHold {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration PAUSE = Duration.ofMillis(50);

    private ClusterHold() {}

    /**
     * Takes the folder; waits a few seconds for others, since the keeper holds it for moments.
     *
     * @throws RefusedException if somebody else goes on holding it
     */
    public static DataFolder take(Path data) throws IOException, RefusedException {
        return take(() -> DataFolder.openForProcesses(data));
    }

    /** As {@link #take}, and refuses a folder in which services of a cluster run. */
    public static DataFolder takeUnused(Path data) throws IOException, RefusedException {
        return take(() -> DataFolder.open(data));
    }

    private interface Opening {
        DataFolder open() throws IOException, RefusedException;
    }

    private static DataFolder take(Opening opening) throws IOException, RefusedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                return opening.open();
            } catch (RefusedException e) {
                boolean held = e.getCause() instanceof FolderLock.HeldException;
                if (!held || System.nanoTime() > deadline) {
                    throw e;
                }
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        }
    }
}
