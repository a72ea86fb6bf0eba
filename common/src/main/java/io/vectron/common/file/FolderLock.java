package io.vectron.common.file;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a folder to one owner: one process, and one part of it. The lock ends with {@link #close()}
 * or with the process, however it ends; the file stays and tells who held it last.
 */
public final class FolderLock implements AutoCloseable {
    private static final String FILE = "LOCK";

    private final FileChannel channel;

    private FolderLock(FileChannel channel) {
        this.channel = channel;
    }

    /** Somebody else has the folder. */
    public static final class HeldException extends IOException {
        private static final long serialVersionUID = 1;

        HeldException(Path folder, String holder) {
            super(
                    folder
                            + " is in use by another Vectron"
                            + (holder.isEmpty() ? "" : " (process " + holder + ")"));
        }
    }

    /**
     * Takes a folder, which is created if need be.
     *
     * @throws HeldException if it is taken, by another process or within this one
     * @throws IOException if the file of the lock cannot be written
     */
    public static FolderLock take(Path folder) throws IOException {
        Files.createDirectories(folder);
        Path file = folder.resolve(FILE);
        FileChannel channel =
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
        try {
            if (tryLock(channel) == null) {
                throw new HeldException(folder, Files.readString(file).trim());
            }
            channel.truncate(0);
            String pid = Long.toString(ProcessHandle.current().pid());
            channel.write(StandardCharsets.UTF_8.encode(pid + "\n"), 0);
            return new FolderLock(channel);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /** Whether a file in a folder is that of its lock. */
    public static boolean isLockFile(Path file) {
        return file.endsWith(FILE);
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null; // held within this process
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
