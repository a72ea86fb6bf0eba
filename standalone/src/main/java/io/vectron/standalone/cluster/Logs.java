package io.vectron.standalone.cluster;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;

/** What services have logged, and what their JVMs said on the standard streams. */
public final class Logs {
    /** Of a file, only so much of its end is looked at. */
    private static final int TAIL_BYTES = 1 << 20;

    private Logs() {}

    /**
     * The files to look at: the log, and what was said where there was no log yet, such as why a
     * JVM could not start.
     */
    public static List<Path> files(ClusterPlace place, Service service) {
        Path log = place.logFile(service);
        return List.of(log.resolveSibling(service + ".out"), log);
    }

    /** The last lines of a service, at most {@code count} of each of its files. */
    public static List<String> last(ClusterPlace place, Service service, int count)
            throws IOException {
        ArrayDeque<String> lines = new ArrayDeque<>();
        for (Path file : files(place, service)) {
            lines.addAll(last(file, count));
        }
        return List.copyOf(lines);
    }

    /** The last lines of a file; none if there is no file. */
    public static List<String> last(Path file, int count) throws IOException {
        if (count == 0 || !Files.exists(file)) {
            return List.of();
        }
        try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "r")) {
            long from = Math.max(0, open.length() - TAIL_BYTES);
            byte[] tail = new byte[(int) (open.length() - from)];
            open.seek(from);
            open.readFully(tail);
            List<String> lines = new String(tail, StandardCharsets.UTF_8).lines().toList();
            // The first one is cut off unless it is the first of the file.
            int first = from == 0 ? 0 : 1;
            return lines.subList(Math.max(first, lines.size() - count), lines.size());
        }
    }
}
