package io.vectron.worker.storage;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vectron.replication.RaftPosition;
import io.vectron.worker.shard.ShardState;
import io.vectron.worker.shard.ShardState.LogPlace;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * A {@link ShardState} in bytes, big endian: Raft term and index, position, time of being caught
 * up, epoch, rows, partition (8 × 6 + 4 bytes), then collection id and topic id, each as UTF-8
 * behind its length in two bytes. {@link RocksDatabase#FORMAT} is the version of it.
 */
final class StateCodec {
    private StateCodec() {}

    static byte[] encode(ShardState state) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(160);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeLong(state.applied().term());
            out.writeLong(state.applied().index());
            out.writeLong(state.position());
            out.writeLong(state.log().caughtUpAtMs());
            out.writeLong(state.epoch());
            out.writeLong(state.rows());
            out.writeInt(state.partition());
            write(out, state.collectionId());
            write(out, state.topicId());
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return bytes.toByteArray();
    }

    private static void write(DataOutputStream out, String text) throws IOException {
        byte[] utf8 = text.getBytes(UTF_8);
        if (utf8.length > 0xFFFF) {
            throw new IllegalArgumentException("longer than 64 KiB: " + utf8.length);
        }
        out.writeShort(utf8.length);
        out.write(utf8);
    }

    static ShardState decode(byte[] bytes) throws IOException {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            RaftPosition applied = new RaftPosition(in.readLong(), in.readLong());
            LogPlace log = new LogPlace(in.readLong(), in.readLong());
            long epoch = in.readLong();
            long rows = in.readLong();
            int partition = in.readInt();
            String collectionId = read(in);
            String topicId = read(in);
            if (in.available() > 0) {
                throw new IOException(in.available() + " bytes too many in the shard's state");
            }
            return new ShardState(applied, collectionId, topicId, partition, log, epoch, rows);
        } catch (IllegalArgumentException e) {
            throw new IOException("the shard's state is damaged", e);
        }
    }

    private static String read(DataInputStream in) throws IOException {
        byte[] utf8 = new byte[in.readUnsignedShort()];
        in.readFully(utf8);
        return new String(utf8, UTF_8);
    }
}
