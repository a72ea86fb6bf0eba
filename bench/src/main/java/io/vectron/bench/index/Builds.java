package io.vectron.bench.index;

import io.vectron.bench.data.Dataset;
import io.vectron.bench.index.process.EngineProcess;
import io.vectron.cli.terminal.Progress;
import io.vectron.cli.terminal.Screen;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
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
    private static final String LOCK = "LOCK"; // of whoever has the folder open

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
     * @param folder where it lies; an engine that takes updates changes it
     */
    record Built(Duration wall, Duration cpu, int threads, boolean now, Path folder) {}

    /** Makes the engine ready to search. */
    Built make(Runner runner) throws IOException {
        String name = runner.name();
        EngineProcess engine = runner.process();
        @Nullable Path keep = runner.durable() ? cache : null;
        String key = key(name, runner.settings(), engine.description());
        Path kept = (keep == null ? scratch : keep).resolve(key);
        // What is kept must stay as it was built, whatever is written afterwards.
        Path own = runner.updatable() ? Files.createTempDirectory(scratch, key) : kept;
        if (keep != null && Files.exists(kept.resolve(DONE))) {
            screen.line(name + ": opening " + kept);
            if (!own.equals(kept)) {
                link(kept, own);
            }
            engine.open(own);
            return read(kept.resolve(DONE), own);
        }
        delete(kept);
        Files.createDirectories(own);
        Progress progress = new Progress(screen, name + ": build", 0, data.rows());
        EngineProcess.Cost cost = engine.build(threads, own, rows -> progress.at(rows, ""));
        progress.end();
        Built built = new Built(cost.wall(), cost.cpu(), threads, true, own);
        if (keep != null) {
            if (!own.equals(kept)) {
                Files.createDirectories(kept);
                link(own, kept);
            }
            write(kept.resolve(DONE), built);
        }
        return built;
    }

    /** Gives another folder the same files, which are never changed, only replaced. */
    static void link(Path from, Path to) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.list(from)) {
            files = all.toList();
        }
        for (Path file : files) {
            String name = String.valueOf(file.getFileName());
            if (!name.equals(DONE) && !name.equals(LOCK)) {
                link(file, to, name);
            }
        }
    }

    private static void link(Path file, Path to, String name) throws IOException {
        try {
            Files.createLink(to.resolve(name), file);
        } catch (FileSystemException | UnsupportedOperationException e) {
            Files.copy(file, to.resolve(name)); // on another file system
        }
    }

    private String key(String name, Map<String, String> settings, String description) {
        var key = new StringBuilder(name);
        new TreeMap<>(settings)
                .forEach((setting, value) -> key.append('-').append(setting + value));
        // Another version of a library may build otherwise, or read no older files.
        key.append('-').append(Integer.toHexString(description.hashCode()));
        return key.append(fingerprint.isEmpty() ? "" : "-" + fingerprint).toString();
    }

    private static Built read(Path file, Path folder) throws IOException {
        var properties = new Properties();
        try (var in = Files.newBufferedReader(file)) {
            properties.load(in);
        }
        return new Built(
                Duration.parse(properties.getProperty("wall")),
                Duration.parse(properties.getProperty("cpu")),
                Integer.parseInt(properties.getProperty("threads")),
                false,
                folder);
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
