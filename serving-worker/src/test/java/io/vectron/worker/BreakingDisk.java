package io.vectron.worker;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file system whose disk a test can break: with plenty of room, it lies on an image that has none
 * for it. Writes succeed into memory, and a sync is what fails, as with a broken disk. What was not
 * written is gone once the file system is mounted anew, as after a power cut. Needs root.
 */
final class BreakingDisk implements AutoCloseable {
    private static final int IMAGE_MEGABYTES = 512;

    private final SmallDisk below;
    private final Path image;
    private final Path folder;
    private boolean mounted;

    private BreakingDisk(SmallDisk below, Path folder) {
        this.below = below;
        this.image = below.folder().resolve("image");
        this.folder = folder;
    }

    /** Mounts one; without the right to, or the tools, the test is skipped. */
    static BreakingDisk mount(Path parent) throws IOException {
        SmallDisk below = SmallDisk.mount(parent.resolve("below"), 64);
        BreakingDisk disk =
                new BreakingDisk(below, Files.createDirectories(parent.resolve("disk")));
        String refused;
        try {
            try (RandomAccessFile file = new RandomAccessFile(disk.image.toFile(), "rw")) {
                file.setLength((long) IMAGE_MEGABYTES << 20);
            }
            // Without a journal: a disk that fails must not turn all of it read-only.
            refused =
                    SmallDisk.run(
                            "mkfs.ext4",
                            "-q",
                            "-F",
                            "-O",
                            "^has_journal",
                            "-E",
                            "nodiscard,lazy_itable_init=1",
                            disk.image.toString());
            refused = refused.isEmpty() ? disk.mountImage() : refused;
        } catch (IOException | RuntimeException e) {
            disk.close();
            throw e;
        }
        if (!refused.isEmpty()) {
            disk.close();
            abort("no file system on an image can be mounted here: " + refused);
        }
        return disk;
    }

    private String mountImage() throws IOException {
        String refused =
                SmallDisk.run(
                        "mount", "-o", "loop,errors=continue", image.toString(), folder.toString());
        mounted = refused.isEmpty();
        return refused;
    }

    Path folder() {
        return folder;
    }

    /** From now on nothing new gets to the disk. */
    void breakDown() throws IOException {
        below.leave(0);
    }

    void repair() throws IOException {
        below.clear();
    }

    /** Forgets what is not on the disk. Nobody may have a file open. */
    void remount() throws IOException {
        String refused = SmallDisk.run("umount", folder.toString());
        refused = refused.isEmpty() ? mountImage() : refused;
        if (!refused.isEmpty()) {
            throw new IOException(refused);
        }
    }

    @Override
    public void close() throws IOException {
        repair();
        if (mounted && !SmallDisk.run("umount", folder.toString()).isEmpty()) {
            SmallDisk.run("umount", "-l", folder.toString()); // whoever has a file open keeps it
        }
        below.close();
    }
}
