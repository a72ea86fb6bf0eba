package io.vectron.worker;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a folder to one worker: to one process at a time, and for ever to the worker id that used
 * it first, since the Raft promises in it were made under that id.
 */
final class FolderLock implements AutoCloseable {
    private final FileChannel channel;
    private final FileLock lock;

    private FolderLock(FileChannel channel, FileLock lock) {
        this.channel = channel;
        this.lock = lock;
    }

    /** Takes a folder, which is created if need be. */
    static FolderLock take(Path folder, String workerId) throws IOException {
        Files.createDirectories(folder);
        FileChannel channel =
                FileChannel.open(
                        folder.resolve("worker.lock"),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE);
        try {
            FileLock lock = tryLock(channel);
            if (lock == null) {
                throw new IOException("the folder is in use by another worker: " + folder);
            }
            requireSameWorker(folder.resolve("worker.id"), workerId);
            return new FolderLock(channel, lock);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null; // held by this process
        }
    }

    private static void requireSameWorker(Path file, String workerId) throws IOException {
        if (!Files.exists(file)) {
            Files.writeString(file, workerId, UTF_8, StandardOpenOption.CREATE_NEW);
            return;
        }
        String owner = Files.readString(file, UTF_8);
        if (!owner.isEmpty() && !owner.equals(workerId)) {
            throw new IOException(
                    "the folder "
                            + file.getParent()
                            + " belongs to worker '"
                            + owner
                            + "', not '"
                            + workerId
                            + "'");
        }
    }

    @Override
    public void close() throws IOException {
        lock.release();
        channel.close();
    }
}
