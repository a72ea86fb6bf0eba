package io.vectron.worker.api;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;

/** How full the disk is. */
@FunctionalInterface
public interface DiskSpace {
    /** Share in use, 0 to 1. */
    double usedShare();

    /** The file system that holds a folder, asked each time: one system call. */
    static DiskSpace of(Path folder) throws IOException {
        FileStore store = Files.getFileStore(folder);
        return () -> {
            try {
                long total = store.getTotalSpace();
                return total <= 0 ? 0 : 1 - (double) store.getUsableSpace() / total;
            } catch (IOException e) {
                throw new UncheckedIOException("cannot ask how full the disk is", e);
            }
        };
    }
}
