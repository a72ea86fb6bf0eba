package io.vectron.standalone.cluster;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads what is added to a file, also after it was moved away and begun anew. Used by one thread.
 */
public final class LogFollower {
    private static final int CHUNK_BYTES = 64 << 10;
    private static final int LINE_LIMIT = 1 << 20;

    private final Path file;
    private final StringBuilder begun = new StringBuilder(); // a line without its end
    private @Nullable Object key; // which file it was; null: none yet
    private long position;

    /** Begins at the end that the file has now. */
    public LogFollower(Path file) throws IOException {
        this.file = file;
        BasicFileAttributes now = attributes();
        if (now != null) {
            key = now.fileKey();
            position = now.size();
        }
    }

    /** Whole lines that were added since the last call. */
    public List<String> next() throws IOException {
        BasicFileAttributes now = attributes();
        if (now == null) {
            return List.of();
        }
        if (!Objects.equals(key, now.fileKey()) || now.size() < position) {
            key = now.fileKey();
            position = 0;
            begun.setLength(0);
        }
        List<String> lines = new ArrayList<>();
        try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "r")) {
            open.seek(position);
            byte[] chunk = new byte[CHUNK_BYTES];
            int end = open.read(chunk);
            if (end > 0) {
                take(chunk, end, lines);
            }
        }
        return lines;
    }

    private void take(byte[] chunk, int end, List<String> lines) {
        // Whole lines only, so that no character is cut in two; an endless one is cut all the same.
        int whole = end;
        while (whole > 0 && chunk[whole - 1] != '\n') {
            whole--;
        }
        int taken = whole == 0 && end == chunk.length ? end : whole;
        begun.append(new String(chunk, 0, taken, StandardCharsets.UTF_8));
        position += taken;
        if (whole > 0 || begun.length() > LINE_LIMIT) {
            begun.toString().lines().forEach(lines::add);
            begun.setLength(0);
        }
    }

    private @Nullable BasicFileAttributes attributes() throws IOException {
        try {
            return Files.readAttributes(file, BasicFileAttributes.class);
        } catch (NoSuchFileException e) {
            return null;
        }
    }
}
