package io.vectron.standalone.run;

import io.vectron.common.file.FolderLock;
import io.vectron.standalone.process.ProcessFile;
import io.vectron.standalone.process.StartedProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The folder everything lies in, held by this process alone until it is closed or the process
 * dies.
 */
public final class DataFolder implements AutoCloseable {
    /** Raised when the layout of the folder changes. */
    private static final String FORMAT = "vectron data folder, format 1";

    private final Path root;
    private final FolderLock lock;

    private DataFolder(Path root, FolderLock lock) {
        this.root = root;
        this.lock = lock;
    }

    /**
     * Opens the folder for this process alone; creates it if absent.
     *
     * @throws RefusedException if another process holds it, or services run in it as processes of
     *     their own, or something else lives in it
     */
    public static DataFolder open(Path folder) throws IOException, RefusedException {
        DataFolder opened = openForProcesses(folder);
        try {
            List<StartedProcess> running = ProcessFile.running(opened.root);
            if (!running.isEmpty()) {
                throw new RefusedException(
                        opened.root
                                + " is in use by a cluster (process "
                                + running.getFirst().pid()
                                + "); stop it with ./vectron stop --data "
                                + opened.root
                                + ", or name another folder with --data");
            }
        } catch (IOException | RefusedException e) {
            opened.close();
            throw e;
        }
        return opened;
    }

    /**
     * As {@link #open}, for starting and stopping services that run in it as processes of their
     * own: those that run are no hindrance.
     */
    public static DataFolder openForProcesses(Path folder) throws IOException, RefusedException {
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
        FolderLock lock = lock(root);
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

    private static FolderLock lock(Path root) throws IOException, RefusedException {
        try {
            return FolderLock.take(root);
        } catch (FolderLock.HeldException e) {
            throw new RefusedException(
                    e.getMessage() + "; stop it, or name another folder with --data", e);
        }
    }

    private static boolean holdsAnything(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.anyMatch(file -> !isOurs(file));
        }
    }

    /** The lock of a start at the same time, or another data folder: that of the demo. */
    private static boolean isOurs(Path file) {
        return FolderLock.isLockFile(file) || Files.exists(file.resolve("FORMAT"));
    }
}
