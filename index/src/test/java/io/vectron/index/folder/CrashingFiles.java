package io.vectron.index.folder;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A disk that loses power before a chosen step. What was not forced until then is lost if asked
 * for: contents by half, names as they were before. From then on every step fails, as nobody is
 * there to make it.
 */
final class CrashingFiles implements FolderFiles {

    /** The power is gone. */
    static final class Crash extends IOException {
        private static final long serialVersionUID = 1;

        Crash() {
            super("the power is gone");
        }
    }

    /** What a name stood for before. */
    private record Renamed(Path from, Path to, @Nullable String former) {}

    private final FolderFiles disk = FolderFiles.disk();
    private final boolean losing;
    private final Map<Path, byte[]> unforced = new HashMap<>();
    private final Deque<Renamed> renamed = new ArrayDeque<>();
    private int left;
    private boolean crashed;

    CrashingFiles(int stepsBefore, boolean losing) {
        this.left = stepsBefore;
        this.losing = losing;
    }

    boolean crashed() {
        return crashed;
    }

    private void step() throws IOException {
        if (crashed || left-- == 0) {
            if (!crashed && losing) {
                lose();
            }
            crashed = true;
            throw new Crash();
        }
    }

    private void lose() throws IOException {
        while (!renamed.isEmpty()) {
            Renamed last = renamed.pop();
            Files.move(last.to(), last.from());
            if (last.former() != null) {
                Files.writeString(last.to(), last.former(), ISO_8859_1);
            }
        }
        for (Map.Entry<Path, byte[]> file : unforced.entrySet()) {
            byte[] bytes = file.getValue();
            Files.write(file.getKey(), Arrays.copyOf(bytes, bytes.length / 2));
        }
    }

    @Override
    public void write(Path file, byte[] bytes) throws IOException {
        step();
        disk.write(file, bytes);
        unforced.put(file, bytes);
    }

    @Override
    public void force(Path file) throws IOException {
        step();
        disk.force(file);
        unforced.remove(file);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        step();
        String former = Files.exists(to) ? Files.readString(to, ISO_8859_1) : null;
        disk.rename(from, to);
        renamed.push(new Renamed(from, to, former));
    }

    @Override
    public void forceFolder(Path folder) throws IOException {
        step();
        disk.forceFolder(folder);
        renamed.clear();
    }

    @Override
    public void link(Path existing, Path name) throws IOException {
        step();
        disk.link(existing, name);
    }

    @Override
    public void delete(Path file) throws IOException {
        step();
        disk.delete(file);
    }
}
