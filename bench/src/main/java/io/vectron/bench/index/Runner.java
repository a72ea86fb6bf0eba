package io.vectron.bench.index;

import io.vectron.bench.data.Dataset;
import io.vectron.bench.index.engine.Engines;
import io.vectron.bench.index.process.EngineProcess;
import io.vectron.bench.index.process.Launch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/**
 * An engine that takes part.
 *
 * @param settings how it builds
 * @param durable whether a build can be opened again
 * @param updatable whether it takes updates while it is searched
 */
record Runner(
        String name,
        EngineProcess process,
        Map<String, String> settings,
        boolean durable,
        boolean updatable)
        implements AutoCloseable {
    private static final int HNSWLIB_CONNECTIONS = 16;
    private static final int HNSWLIB_BEAM = 200;

    /**
     * Starts the engine of this name.
     *
     * @throws EngineProcess.MissingException if this machine does not have it
     */
    static Runner start(String name, Dataset data, String python, Path scratch)
            throws IOException, EngineProcess.MissingException {
        if (name.equals(Engines.HNSWLIB)) {
            EngineProcess process =
                    EngineProcess.hnswlib(python, HNSWLIB_CONNECTIONS, HNSWLIB_BEAM, data, scratch);
            Map<String, String> settings =
                    Map.of("m", "" + HNSWLIB_CONNECTIONS, "beam", "" + HNSWLIB_BEAM);
            return new Runner(name, process, settings, true, false);
        }
        Engines engine = Engines.named(name);
        Path log = scratch.resolve(name + ".log");
        return new Runner(
                name,
                EngineProcess.java(engine, Launch.DEFAULT, data, log),
                engine.settings(data.dimension()),
                engine.durable(),
                engine.updatable());
    }

    /**
     * Starts our index as a whole.
     *
     * @param name to be told from others of its kind
     */
    static Runner whole(String name, Launch launch, Dataset data, Path scratch) throws IOException {
        Path log = scratch.resolve(name + ".log");
        try {
            EngineProcess process = EngineProcess.java(Engines.VECTRON, launch, data, log);
            return new Runner(name, process, launch.shape().settings(), true, true);
        } catch (EngineProcess.MissingException e) {
            throw new IOException(name + ": " + e.getMessage(), e);
        }
    }

    /** Whether it is ours. */
    boolean ours() {
        return name.startsWith("vectron");
    }

    @Override
    public void close() {
        process.close();
    }
}
