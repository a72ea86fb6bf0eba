package io.vectron.worker.api;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;

/** How full the disk is. */
@FunctionalInterface
public interface DiskSpace {
    /** As it is now. */
    Usage usage();

    /**
     * How full a file system is.
     *
     * @param bytes its size; 0 if it does not tell
     * @param usedBytes what cannot be written to any more
     */
    record Usage(long bytes, long usedBytes) {
        public Usage {
            if (bytes < 0 || usedBytes < 0 || usedBytes > bytes) {
                throw new IllegalArgumentException(usedBytes + " of " + bytes + " bytes in use");
            }
        }

        /** Share in use, 0 to 1. */
        public double share() {
            return bytes == 0 ? 0 : (double) usedBytes / bytes;
        }
    }

    /** The file system that holds a folder, asked each time: one system call. */
    static DiskSpace of(Path folder) throws IOException {
        FileStore store = Files.getFileStore(folder);
        return () -> {
            try {
                long total = Math.max(0, store.getTotalSpace());
                long usable = Math.clamp(store.getUsableSpace(), 0, total);
                return new Usage(total, total - usable);
            } catch (IOException e) {
                throw new UncheckedIOException("cannot ask how full the disk is", e);
            }
        };
    }
}
