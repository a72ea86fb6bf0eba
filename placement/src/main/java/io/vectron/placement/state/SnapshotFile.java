package io.vectron.placement.state;

import com.google.protobuf.InvalidProtocolBufferException;
import io.vectron.placement.model.CatalogEntry;
import io.vectron.placement.model.Cluster;
import io.vectron.placement.model.DeadLetters;
import io.vectron.placement.model.WorkerNode;
import io.vectron.proto.log.v1.PlacementState;
import io.vectron.proto.log.v1.RetiredTopic;
import io.vectron.replication.RaftPosition;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The file that holds a whole cluster: eight bytes of magic, the CRC-32C of the rest (four bytes,
 * big-endian), a {@link PlacementState}. It is replaced as a whole or not at all.
 */
final class SnapshotFile {
    static final String NAME = "placement.state";
    static final int FORMAT = 1;

    private static final long MAGIC = 0x5645_4354_504C_4143L; // "VECTPLAC"
    private static final int HEADER_BYTES = 12;

    private SnapshotFile() {}

    /** A cluster and the last log position that it includes. */
    record Content(RaftPosition at, Cluster cluster) {}

    /** Writes next to the target, syncs, renames, syncs the folder. */
    static void write(Path folder, Content content) throws IOException {
        byte[] body = encode(content).toByteArray();
        ByteBuffer out = ByteBuffer.allocate(HEADER_BYTES + body.length);
        out.putLong(MAGIC).putInt(checksum(ByteBuffer.wrap(body))).put(body).flip();
        Path unfinished = folder.resolve(NAME + ".tmp");
        try (FileChannel file =
                FileChannel.open(
                        unfinished,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
            while (out.hasRemaining()) {
                file.write(out);
            }
            file.force(true);
        }
        Files.move(
                unfinished,
                folder.resolve(NAME),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
        try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
            directory.force(true);
        }
    }

    /**
     * Reads the folder's file; null if there is none.
     *
     * @throws IOException also if the file is damaged or of an unknown format
     */
    static @Nullable Content read(Path folder) throws IOException {
        Path path = folder.resolve(NAME);
        ByteBuffer in;
        try {
            in = ByteBuffer.wrap(Files.readAllBytes(path));
        } catch (NoSuchFileException none) {
            return null;
        }
        if (in.remaining() < HEADER_BYTES || in.getLong() != MAGIC) {
            throw new IOException("no file of placement: " + path);
        }
        if (in.getInt() != checksum(in.slice())) {
            throw new IOException("damaged, its checksum does not fit: " + path);
        }
        try {
            return decode(PlacementState.parseFrom(in));
        } catch (InvalidProtocolBufferException | IllegalArgumentException damaged) {
            throw new IOException("cannot be read: " + path, damaged);
        }
    }

    static PlacementState encode(Content content) {
        Cluster cluster = content.cluster();
        PlacementState.Builder state =
                PlacementState.newBuilder()
                        .setFormat(FORMAT)
                        .setTerm(content.at().term())
                        .setIndex(content.at().index())
                        .setVersion(cluster.version());
        cluster.workers().values().forEach(worker -> state.addWorkers(worker.toRecord()));
        cluster.collections().values().forEach(entry -> state.addCollections(entry.toRecord()));
        cluster.deadLetters()
                .values()
                .forEach(topic ->
                        state.addRetiredTopics(
                                RetiredTopic.newBuilder()
                                        .setTopic(topic.topic())
                                        .setDeleteAfterMs(topic.deleteAfterMs())));
        return state.build();
    }

    static Content decode(PlacementState state) throws IOException {
        if (state.getFormat() != FORMAT) {
            throw new IOException(
                    "format " + state.getFormat() + " of placement's state; this is " + FORMAT);
        }
        Cluster cluster =
                Cluster.of(
                        state.getVersion(),
                        state.getWorkersList().stream().map(WorkerNode::of).toList(),
                        state.getCollectionsList().stream().map(CatalogEntry::of).toList(),
                        state.getRetiredTopicsList().stream()
                                .map(t -> new DeadLetters(t.getTopic(), t.getDeleteAfterMs()))
                                .toList());
        return new Content(new RaftPosition(state.getTerm(), state.getIndex()), cluster);
    }

    private static int checksum(ByteBuffer body) {
        CRC32C crc = new CRC32C();
        crc.update(body);
        return (int) crc.getValue();
    }
}
