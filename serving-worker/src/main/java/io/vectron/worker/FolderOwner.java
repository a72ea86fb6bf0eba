package io.vectron.worker;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vectron.common.file.FolderLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Keeps a folder for ever to the worker id that used it first, since the Raft promises in it were
 * made under that id.
 */
final class FolderOwner {
    private FolderOwner() {}

    /**
     * Takes a folder, which is created if need be.
     *
     * @throws IOException if somebody has it, or it belongs to another worker
     */
    static FolderLock take(Path folder, String workerId) throws IOException {
        FolderLock lock = FolderLock.take(folder);
        try {
            requireSameWorker(folder.resolve("worker.id"), workerId);
            return lock;
        } catch (IOException e) {
            lock.close();
            throw e;
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
}
