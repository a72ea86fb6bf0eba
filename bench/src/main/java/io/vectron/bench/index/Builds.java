package io.vectron.bench.index;

import io.vectron.bench.data.Dataset;
import io.vectron.bench.index.process.EngineProcess;
import io.vectron.cli.terminal.Progress;
import io.vectron.cli.terminal.Screen;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Builds engines, or opens what an earlier run built from equal data in the same way: a folder for
 * each, its key in the name, with {@code built.properties} as the last file written.
 */
final class Builds {
    private static final String DONE = "built.properties";

    private final Dataset data;
    private final String fingerprint;
    private final @Nullable Path cache;
    private final Path scratch;
    private final int threads;
    private final Screen screen;

    /**
     * @param cache folder that outlives the run, or null
     * @param scratch folder for builds that do not
     */
    Builds(Dataset data, @Nullable Path cache, Path scratch, int threads, Screen screen) {
        this.data = data;
        this.fingerprint = cache == null ? "" : data.fingerprint();
        this.cache = cache;
        this.scratch = scratch;
        this.threads = threads;
        this.screen = screen;
    }

    /**
     * What a build cost.
     *
     * @param threads that it was allowed
     * @param now whether it was in this run
     */
    record Built(Duration wall, Duration cpu, int threads, boolean now) {}

    /** Makes the engine ready to search. */
    Built make(Runner runner) throws IOException {
        String name = runner.name();
        EngineProcess engine = runner.process();
        @Nullable Path keep = runner.durable() ? cache : null;
        String key = key(name, runner.settings(), engine.description());
        Path own = (keep == null ? scratch : keep).resolve(key);
        if (keep != null && Files.exists(own.resolve(DONE))) {
            screen.line(name + ": opening " + own);
            engine.open(own);
            return read(own.resolve(DONE));
        }
        delete(own);
        Files.createDirectories(own);
        Progress progress = new Progress(screen, name + ": build", 0, data.rows());
        EngineProcess.Cost cost = engine.build(threads, own, rows -> progress.at(rows, ""));
        progress.end();
        Built built = new Built(cost.wall(), cost.cpu(), threads, true);
        if (keep != null) {
            write(own.resolve(DONE), built);
        }
        return built;
    }

    private String key(String name, Map<String, String> settings, String description) {
        var key = new StringBuilder(name);
        new TreeMap<>(settings)
                .forEach((setting, value) -> key.append('-').append(setting + value));
        // Another version of a library may build otherwise, or read no older files.
        key.append('-').append(Integer.toHexString(description.hashCode()));
        return key.append(fingerprint.isEmpty() ? "" : "-" + fingerprint).toString();
    }

    private static Built read(Path file) throws IOException {
        var properties = new Properties();
        try (var in = Files.newBufferedReader(file)) {
            properties.load(in);
        }
        return new Built(
                Duration.parse(properties.getProperty("wall")),
                Duration.parse(properties.getProperty("cpu")),
                Integer.parseInt(properties.getProperty("threads")),
                false);
    }

    private static void write(Path file, Built built) throws IOException {
        var properties = new Properties();
        properties.setProperty("wall", built.wall().toString());
        properties.setProperty("cpu", built.cpu().toString());
        properties.setProperty("threads", Integer.toString(built.threads()));
        try (var out = Files.newBufferedWriter(file)) {
            properties.store(out, null);
        }
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
