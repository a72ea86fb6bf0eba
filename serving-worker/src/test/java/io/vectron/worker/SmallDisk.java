package io.vectron.worker;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** A file system of its own, so small that a test can fill it with a file. Needs root. */
final class SmallDisk implements AutoCloseable {
    private static final int CHUNK_BYTES = 64 << 10;
    private static final int PAGE_BYTES = 4 << 10;

    private final Path folder;
    private final Path ballast;
    private final FileStore store;

    private SmallDisk(Path folder) throws IOException {
        this.folder = folder;
        this.ballast = folder.resolve("ballast");
        this.store = Files.getFileStore(folder);
    }

    /** Mounts one in memory; without the right to, the test is skipped. */
    static SmallDisk mount(Path folder, int megabytes) throws IOException {
        Files.createDirectories(folder);
        String options = "size=" + megabytes + "m";
        String refused = run("mount", "-t", "tmpfs", "-o", options, "tmpfs", folder.toString());
        if (!refused.isEmpty()) {
            abort("no small file system can be mounted here: " + refused);
        }
        return new SmallDisk(folder);
    }

    Path folder() {
        return folder;
    }

    long left() throws IOException {
        return store.getUsableSpace();
    }

    /** Fills it, or makes room, until so many bytes are left. */
    void leave(long bytes) throws IOException {
        if (Files.exists(ballast) && left() < bytes) {
            long size = Files.size(ballast) - (bytes - left());
            try (var channel = Files.newByteChannel(ballast, StandardOpenOption.WRITE)) {
                channel.truncate(Math.max(0, size));
            }
        }
        try (OutputStream to =
                Files.newOutputStream(
                        ballast, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            byte[] chunk = new byte[CHUNK_BYTES];
            for (long more = left() - bytes; more > 0; more = left() - bytes) {
                to.write(chunk, 0, (int) Math.min(chunk.length, Math.max(PAGE_BYTES, more)));
            }
        }
    }

    /** Fills it, or makes room, until this share is in use. */
    void fillTo(double share) throws IOException {
        leave((long) ((1 - share) * store.getTotalSpace()));
    }

    void clear() throws IOException {
        Files.deleteIfExists(ballast);
    }

    @Override
    public void close() throws IOException {
        clear();
        if (!run("umount", folder.toString()).isEmpty()) {
            run("umount", "-l", folder.toString()); // whoever has a file open yet keeps it
        }
    }

    /** What the command has against it; empty if it was done. */
    static String run(String... command) throws IOException {
        Process process;
        try {
            process = new ProcessBuilder(List.of(command)).redirectErrorStream(true).start();
        } catch (IOException e) {
            return e.toString();
        }
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            return process.waitFor() == 0 ? "" : said.strip() + " (" + command[0] + ")";
        } catch (InterruptedException e) {
            throw new IOException("interrupted: " + command[0], e);
        }
    }
}
