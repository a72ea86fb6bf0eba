package io.vectron.standalone.chaos;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file system of its own for one worker, in a file, which can be frozen: from then on each write
 * and each fsync waits. Mounted in the namespace of this program, so nobody else sees it. Used by
 * one thread.
 */
final class Disk implements AutoCloseable {
    private static final long BYTES = 4L << 30; // sparse: what is written counts

    private final Path folder;
    private boolean frozen;

    private Disk(Path folder) {
        this.folder = folder;
    }

    /**
     * Makes and mounts it.
     *
     * @param folder what will lie on it; created if absent
     * @throws IOException if that does not work, with the reason
     */
    static Disk mount(Path image, Path folder) throws IOException {
        if (!Network.isOwn()) {
            throw new IOException(
                    "needs root, mkfs.ext4, mount and fsfreeze, and a start by ./vectron");
        }
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(BYTES);
        }
        Files.createDirectories(folder);
        Tool.run("mkfs.ext4", "-q", "-F", image.toString());
        Tool.run("mount", "-o", "loop,noatime", image.toString(), folder.toString());
        Files.delete(folder.resolve("lost+found"));
        Disk disk = new Disk(folder);
        try {
            disk.freeze();
            disk.thaw();
        } catch (IOException e) {
            disk.close();
            throw e;
        }
        return disk;
    }

    void freeze() throws IOException {
        Tool.run("fsfreeze", "--freeze", folder.toString());
        frozen = true;
    }

    /** Lets the writes go on; nothing if it is not frozen. */
    void thaw() throws IOException {
        if (frozen) {
            Tool.run("fsfreeze", "--unfreeze", folder.toString());
            frozen = false;
        }
    }

    /** Unmounts it; nobody may use it any more. */
    @Override
    public void close() throws IOException {
        thaw();
        Tool.run("umount", folder.toString());
    }
}
