package io.vectron.worker.replica;

import io.vectron.proto.worker.v1.AddReplicaRequest;
import io.vectron.proto.worker.v1.FailureReason;
import io.vectron.proto.worker.v1.ReplicaCondition;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One file a replica, with all that a restart must know to bring it up again: the request that
 * added it. The file's name is {@code <group>.<phase>}; it is written before the Raft group
 * appears and deleted after it is gone, so a crash at any point can be carried to its end. Beside
 * it lies {@code <group>.stopped}, a {@link ReplicaCondition}, if the replica stopped for good.
 *
 * <p>Content, big endian: {@code 'VTNR'}, format (4 bytes), length (4 bytes), the message, CRC-32C
 * of all before (4 bytes).
 */
final class DescriptionFiles {
    private static final Logger LOG = LoggerFactory.getLogger(DescriptionFiles.class);
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

    /**
     * A replica found.
     *
     * @param stopped why it stopped for good before; null if it did not
     */
    record Found(AddReplicaRequest request, Phase phase, @Nullable ReplicaCondition stopped) {}

    /**
     * All that was found.
     *
     * @param replicas those described
     * @param damaged groups whose description cannot be read
     */
    record All(Map<UUID, Found> replicas, Set<UUID> damaged) {}

    /** All replicas described. One whose description is damaged keeps no other down. */
    All load() throws IOException {
        Files.createDirectories(folder);
        Map<UUID, Found> found = new HashMap<>();
        Set<UUID> damaged = new HashSet<>();
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
                    try {
                        AddReplicaRequest request = AddReplicaRequest.parseFrom(read(file));
                        found.put(group, new Found(request, phase, stopped(group)));
                    } catch (IOException e) {
                        LOG.error("replica {} is not described any more", group, e);
                        damaged.add(group);
                    }
                }
            }
        }
        return new All(found, damaged);
    }

    /** Why a replica stopped. What cannot be read tells that it did, though not why. */
    private @Nullable ReplicaCondition stopped(UUID group) {
        Path file = stopFile(group);
        if (!Files.exists(file)) {
            return null;
        }
        try {
            return ReplicaCondition.parseFrom(read(file));
        } catch (IOException e) {
            LOG.warn("why replica {} stopped is no longer known", group, e);
            return Conditions.failed(
                    FailureReason.FAILURE_REASON_DEFECT, "stopped before; " + e.getMessage(), 0);
        }
    }

    /** Notes for later starts that a replica stopped for good; durable when it returns. */
    void writeStop(UUID group, ReplicaCondition why) throws IOException {
        write(stopFile(group), group + ".stopped.tmp", why.toByteArray());
    }

    private Path stopFile(UUID group) {
        return folder.resolve(group + ".stopped");
    }

    private static byte[] read(Path file) throws IOException {
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
            return Arrays.copyOfRange(bytes, in.position(), in.position() + length);
        } catch (BufferUnderflowException e) {
            throw new IOException(file + " is cut off", e);
        }
    }

    /** Describes a replica that is about to be added; durable when it returns. */
    void write(UUID group, AddReplicaRequest request) throws IOException {
        write(path(group, Phase.ADDING), group + ".tmp", request.toByteArray());
    }

    private void write(Path file, String unfinished, byte[] body) throws IOException {
        ByteBuffer out = ByteBuffer.allocate(4 * Integer.BYTES + body.length);
        out.putInt(MAGIC).putInt(FORMAT).putInt(body.length).put(body);
        out.putInt(crc(out.array(), out.position())).flip();
        Path temporary = folder.resolve(unfinished);
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
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
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
    void delete(UUID group) throws IOException {
        // The description last: without it the rest would mean nothing.
        Files.deleteIfExists(stopFile(group));
        for (Phase phase : Phase.values()) {
            Files.deleteIfExists(path(group, phase));
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
