package io.vectron.worker.replica;

import io.vectron.proto.worker.v1.AddReplicaRequest;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * One file a replica, with all that a restart must know to bring it up again: the request that
 * added it. The file's name is {@code <group>.<phase>}; it is written before the Raft group
 * appears and deleted after it is gone, so a crash at any point can be carried to its end.
 *
 * <p>Content, big endian: {@code 'VTNR'}, format (4 bytes), length (4 bytes), the {@link
 * AddReplicaRequest}, CRC-32C of all before (4 bytes).
 */
final class DescriptionFiles {
    private static final int MAGIC = 0x56544E52; // "VTNR"
    private static final int FORMAT = 1;
    private static final int LARGEST_BYTES = 1 << 20;

    private final Path folder;

    DescriptionFiles(Path folder) {
        this.folder = folder;
    }

    /** How far a replica is; part of the file's name. */
    enum Phase {
        /** The group may or may not be there. */
        ADDING,
        /** The group is there. */
        ADDED,
        /** The group may or may not be gone. */
        REMOVING;

        private String suffix() {
            return "." + name().toLowerCase(Locale.ROOT);
        }
    }

    /** A replica found. */
    record Found(AddReplicaRequest request, Phase phase) {}

    /** All replicas described. */
    Map<UUID, Found> load() throws IOException {
        Files.createDirectories(folder);
        Map<UUID, Found> found = new HashMap<>();
        List<Path> files;
        try (Stream<Path> listed = Files.list(folder)) {
            files = listed.sorted().toList();
        }
        for (Path file : files) {
            String name = file.getFileName().toString();
            for (Phase phase : Phase.values()) {
                if (name.endsWith(phase.suffix())) {
                    UUID group =
                            UUID.fromString(
                                    name.substring(0, name.length() - phase.suffix().length()));
                    found.put(group, new Found(read(file), phase));
                }
            }
        }
        return found;
    }

    private static AddReplicaRequest read(Path file) throws IOException {
        if (Files.size(file) > LARGEST_BYTES) {
            throw new IOException(file + " is too large: " + Files.size(file));
        }
        byte[] bytes = Files.readAllBytes(file);
        try {
            ByteBuffer in = ByteBuffer.wrap(bytes);
            if (in.getInt() != MAGIC) {
                throw new IOException(file + " does not describe a replica");
            }
            int format = in.getInt();
            if (format != FORMAT) {
                throw new IOException(
                        file + " has format " + format + "; this version reads " + FORMAT);
            }
            int length = in.getInt();
            if (length < 0 || length != in.remaining() - Integer.BYTES) {
                throw new IOException(file + " is cut off");
            }
            if (crc(bytes, bytes.length - Integer.BYTES)
                    != in.getInt(bytes.length - Integer.BYTES)) {
                throw new IOException(file + " is damaged: its checksum is wrong");
            }
            return AddReplicaRequest.parseFrom(in.slice(in.position(), length));
        } catch (BufferUnderflowException e) {
            throw new IOException(file + " is cut off", e);
        }
    }

    /** Describes a replica that is about to be added; durable when it returns. */
    void write(UUID group, AddReplicaRequest request) throws IOException {
        byte[] body = request.toByteArray();
        ByteBuffer out = ByteBuffer.allocate(4 * Integer.BYTES + body.length);
        out.putInt(MAGIC).putInt(FORMAT).putInt(body.length).put(body);
        out.putInt(crc(out.array(), out.position())).flip();
        Path temporary = folder.resolve(group + ".tmp");
        try (FileChannel channel =
                FileChannel.open(
                        temporary,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
            while (out.hasRemaining()) {
                channel.write(out);
            }
            channel.force(true);
        }
        Files.move(temporary, path(group, Phase.ADDING), StandardCopyOption.ATOMIC_MOVE);
        syncFolder();
    }

    /** Notes how far a replica is. */
    void move(UUID group, Phase from, Phase to) throws IOException {
        Files.move(path(group, from), path(group, to), StandardCopyOption.ATOMIC_MOVE);
        syncFolder();
    }

    /** Whether a replica is that far. */
    boolean has(UUID group, Phase phase) {
        return Files.exists(path(group, phase));
    }

    /** Forgets a replica. */
    void delete(UUID group, Phase phase) throws IOException {
        try {
            Files.delete(path(group, phase));
        } catch (NoSuchFileException e) {
            return;
        }
        syncFolder();
    }

    private Path path(UUID group, Phase phase) {
        return folder.resolve(group + phase.suffix());
    }

    private void syncFolder() throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static int crc(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }
}
