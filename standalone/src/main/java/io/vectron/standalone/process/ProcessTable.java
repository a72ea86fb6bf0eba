package io.vectron.standalone.process;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the system tells about processes: Linux' {@code /proc}. */
final class ProcessTable {
    private static final Path PROC = Path.of("/proc");
    private static final Path BOOT_ID = PROC.resolve("sys/kernel/random/boot_id");
    private static final String SHARE = "Pss:";

    /** Of the fields behind the name in {@code stat}; see proc(5). */
    private static final int STATE = 0;

    private static final int START_TICKS = 19;

    /** More than the command line of any process of ours. */
    private static final int MOST_BYTES = 1 << 18;

    private ProcessTable() {}

    /** Whether this system has such a table. */
    static boolean exists() {
        return Files.isReadable(BOOT_ID) && Files.isReadable(PROC.resolve("self/stat"));
    }

    /**
     * When a process began: the boot of the machine, and ticks since then, which no change of the
     * clock can touch. Null if there is no such process, or it has ended and is yet to be buried.
     */
    static @Nullable String start(long pid) throws IOException {
        String stat = read(pid, "stat");
        if (stat == null) {
            return null;
        }
        // The name of the program stands in brackets and may hold anything.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", -1);
        if (fields[STATE].equals("Z") || fields[STATE].equals("X")) {
            return null;
        }
        return Files.readString(BOOT_ID).strip() + ":" + fields[START_TICKS];
    }

    /** Program and arguments; empty if there is no such process, or it is between two programs. */
    static List<String> commandLine(long pid) throws IOException {
        String line = read(pid, "cmdline");
        return line == null || line.isEmpty() ? List.of() : List.of(line.split("\0", -1));
    }

    /**
     * Bytes of memory of a process that are in RAM, pages that are shared counted in proportion; -1
     * if there is no such process or it is not ours.
     */
    static long proportionalBytes(long pid) throws IOException {
        String rollup = read(pid, "smaps_rollup");
        if (rollup == null) {
            return -1;
        }
        return rollup.lines()
                .filter(line -> line.startsWith(SHARE))
                .map(line -> line.substring(SHARE.length()).replace("kB", "").strip())
                .mapToLong(kib -> Long.parseLong(kib) << 10)
                .findFirst()
                .orElse(-1);
    }

    private static @Nullable String read(long pid, String file) throws IOException {
        try (InputStream in =
                Files.newInputStream(PROC.resolve(Long.toString(pid)).resolve(file))) {
            // In one read: the next one may meet another program's line.
            byte[] bytes = new byte[MOST_BYTES];
            int length = in.read(bytes);
            return new String(bytes, 0, Math.max(0, length), StandardCharsets.UTF_8);
        } catch (NoSuchFileException | java.nio.file.AccessDeniedException e) {
            return null;
        } catch (IOException e) {
            // The process ended while its file was open ("No such process").
            if (Files.exists(PROC.resolve(Long.toString(pid)))) {
                throw e;
            }
            return null;
        }
    }
}
