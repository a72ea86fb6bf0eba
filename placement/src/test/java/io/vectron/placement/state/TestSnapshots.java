package io.vectron.placement.state;

import io.vectron.proto.log.v1.PlacementState;
import java.io.IOException;
import java.nio.file.Path;

/** Lets tests begin with any state. */
public final class TestSnapshots {
    private TestSnapshots() {}

    /** Writes the snapshot file of a state. */
    public static void write(Path folder, PlacementState state) throws IOException {
        SnapshotFile.write(folder, SnapshotFile.decode(state));
    }
}
