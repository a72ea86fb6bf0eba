package io.vectron.bench.index.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A control group of Linux with a bound of memory: what its processes take, and what they read from
 * files into the page cache. Of version 1 or 2, whichever has the memory controller.
 */
public final class MemoryGroup implements AutoCloseable {
    private static final Path MOUNT = Path.of("/sys/fs/cgroup");
    private static final Path SELF = Path.of("/proc/self/cgroup");
    private static final int REMOVALS = 100;
    private static final long REMOVAL_PAUSE_MS = 50;

    private final Path folder;
    private final Names names;

    /** What the files are called. */
    private enum Names {
        V1("memory.limit_in_bytes", "memory.max_usage_in_bytes"),
        V2("memory.max", "memory.peak");

        private final String limit;
        private final String peak;

        Names(String limit, String peak) {
            this.limit = limit;
            this.peak = peak;
        }
    }

    private MemoryGroup(Path folder, Names names) {
        this.folder = folder;
        this.names = names;
    }

    /** There can be no such group here; the message says why. */
    public static final class UnavailableException extends Exception {
        UnavailableException(String message) {
            super(message);
        }
    }

    /**
     * Makes a group within that of this process.
     *
     * @param limitBytes what its processes may take together
     * @throws UnavailableException if the system has none, or does not allow it to this user
     */
    public static MemoryGroup create(long limitBytes) throws UnavailableException {
        return create(MOUNT, SELF, limitBytes);
    }

    /**
     * The same where the groups are mounted elsewhere.
     *
     * @param self the file that tells the groups of this process
     */
    static MemoryGroup create(Path mount, Path self, long limitBytes) throws UnavailableException {
        if (!Files.isReadable(self)) {
            throw new UnavailableException("no control groups on this system");
        }
        String name = "vectron-bench-" + ProcessHandle.current().pid();
        try {
            MemoryGroup group = locate(mount, Files.readAllLines(self), name);
            Files.createDirectory(group.folder);
            try {
                group.limit(limitBytes);
            } catch (IOException e) {
                group.close();
                throw e;
            }
            return group;
        } catch (IOException e) {
            throw new UnavailableException(
                    "a memory control group cannot be made (root can): " + e);
        }
    }

    private static MemoryGroup locate(Path mount, List<String> groups, String name)
            throws IOException, UnavailableException {
        for (String line : groups) {
            String[] parts = line.split(":", 3);
            if (parts.length == 3 && List.of(parts[1].split(",")).contains("memory")) {
                Path own = mount.resolve("memory").resolve(parts[2].substring(1));
                return new MemoryGroup(own.resolve(name), Names.V1);
            }
        }
        for (String line : groups) {
            if (line.startsWith("0::/")) {
                Path own = mount.resolve(line.substring("0::/".length()));
                return new MemoryGroup(parentOfV2(mount, own).resolve(name), Names.V2);
            }
        }
        throw new UnavailableException("no control group of this process is known");
    }

    /** The nearest group at or above this process's that hands the controller down. */
    private static Path parentOfV2(Path mount, Path own) throws IOException, UnavailableException {
        Path folder = own;
        while (folder != null && folder.startsWith(mount)) {
            Path handed = folder.resolve("cgroup.subtree_control");
            if (Files.isReadable(handed)
                    && List.of(Files.readString(handed).strip().split(" ")).contains("memory")) {
                return folder;
            }
            folder = folder.getParent();
        }
        throw new UnavailableException("the control groups have no memory controller");
    }

    private void limit(long bytes) throws IOException {
        Files.writeString(folder.resolve(names.limit), Long.toString(bytes));
        Path swap = folder.resolve("memory.swap.max");
        if (names == Names.V2 && Files.exists(swap)) {
            Files.writeString(swap, "0");
        }
    }

    /** To be put before a command that shall run in the group from its beginning on. */
    public List<String> prefix() {
        Path processes = folder.resolve("cgroup.procs");
        return List.of("sh", "-c", "echo $$ > \"$0\" && exec \"$@\"", processes.toString());
    }

    /** The most bytes that the group has held. */
    public long peakBytes() throws IOException {
        return Long.parseLong(Files.readString(folder.resolve(names.peak)).strip());
    }

    /** Removes the group once its processes have ended. */
    @Override
    public void close() {
        for (int attempt = 0; attempt < REMOVALS; attempt++) {
            try {
                Files.deleteIfExists(folder);
                return;
            } catch (IOException e) {
                // A process that has just ended is still counted for a moment.
                pause();
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(REMOVAL_PAUSE_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Asks the system to forget the pages of files that nobody has mapped, so that whoever reads
     * them next is charged with them.
     *
     * @return false if it cannot be asked
     */
    public static boolean forgetPages(Path folder) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(folder)) {
            files = all.filter(Files::isRegularFile).toList();
        }
        for (Path file : files) {
            List<String> command =
                    List.of("dd", "if=" + file, "iflag=nocache", "count=0", "status=none");
            try {
                if (new ProcessBuilder(command).inheritIO().start().waitFor() != 0) {
                    return false;
                }
            } catch (IOException e) {
                return false; // no dd here
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return true;
    }
}
