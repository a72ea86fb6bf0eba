package io.vectron.worker.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.rocksdb.NativeLibraryLoader;

/** RocksDB's native library, unpacked once a process. */
public final class NativeLibrary {
    private NativeLibrary() {}

    /**
     * Unpacks the library into {@code folder}, unless this process has loaded it before. Left to
     * itself RocksDB unpacks 17 MB under a new name in the temporary folder at each start, and a
     * process that is killed leaves them there for ever; here the next start replaces them.
     *
     * @param folder created if absent; of this process alone
     * @throws IOException if the library cannot be written
     */
    public static void load(Path folder) throws IOException {
        Files.createDirectories(folder);
        NativeLibraryLoader.getInstance().loadLibrary(folder.toString());
    }
}
