package io.vectron.standalone.run;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The folder everything lies in, held by this process alone until it is closed or the process
 * dies.
 */
public final class DataFolder implements AutoCloseable {
    /** Raised when the layout of the folder changes. */
    private static final String FORMAT = "vectron data folder, format 1";

    private final Path root;
    private final FileChannel lock;

    private DataFolder(Path root, FileChannel lock) {
        this.root = root;
        this.lock = lock;
    }

    /**
     * Opens the folder; creates it if absent.
     *
     * @throws RefusedException if another process holds it, or something else lives in it
     */
    public static DataFolder open(Path folder) throws IOException, RefusedException {
        Path root = folder.toAbsolutePath().normalize();
        if (Files.exists(root) && !Files.isDirectory(root)) {
            throw new RefusedException(root + " is not a folder");
        }
        Files.createDirectories(root);
        Path format = root.resolve("FORMAT");
        if (!Files.exists(format) && holdsAnything(root)) {
            throw new RefusedException(
                    root + " holds files that are not Vectron's; name an empty folder with --data");
        }
        FileChannel lock = lock(root);
        try {
            if (!Files.exists(format)) {
                Files.writeString(format, FORMAT + "\n");
            } else if (!Files.readString(format).trim().equals(FORMAT)) {
                throw new RefusedException(
                        root + " was written by another version: " + Files.readString(format));
            }
        } catch (IOException | RefusedException e) {
            lock.close();
            throw e;
        }
        return new DataFolder(root, lock);
    }

    /** The folder. */
    public Path root() {
        return root;
    }

    /** Where the log lines go. */
    public Path logFile() {
        return root.resolve("logs").resolve("vectron.log");
    }

    /** Lets others open the folder. */
    @Override
    public void close() throws IOException {
        lock.close();
    }

    private static FileChannel lock(Path root) throws IOException, RefusedException {
        Path file = root.resolve("LOCK");
        FileChannel channel =
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
        FileLock lock = null;
        try {
            lock = tryLock(channel);
            if (lock == null) {
                String holder = Files.readString(file).trim();
                throw new RefusedException(
                        root
                                + " is in use by another Vectron"
                                + (holder.isEmpty() ? "" : " (process " + holder + ")")
                                + "; stop it, or name another folder with --data");
            }
            String pid = Long.toString(ProcessHandle.current().pid());
            channel.truncate(0);
            channel.write(StandardCharsets.UTF_8.encode(pid + "\n"), 0);
            return channel;
        } finally {
            if (lock == null) {
                channel.close();
            }
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null; // held within this process
        }
    }

    private static boolean holdsAnything(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.anyMatch(file -> !isOurs(file));
        }
    }

    /** The lock of a start at the same time, or another data folder: that of the demo. */
    private static boolean isOurs(Path file) {
        return file.getFileName().toString().equals("LOCK") || Files.exists(file.resolve("FORMAT"));
    }
}
