package io.vectron.worker.storage;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vectron.proto.log.v1.Halt;
import io.vectron.replication.RaftPosition;
import io.vectron.worker.shard.ShardState;
import io.vectron.worker.shard.ShardState.LogPlace;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * A {@link ShardState} in bytes, big endian: Raft term and index, position, time of being caught
 * up, epoch, rows, partition (8 × 6 + 4 bytes), then collection id and topic id, each as UTF-8
 * behind its length in two bytes. From format 3 on: leader epoch, time of the beginning (4 + 8
 * bytes), and a {@link Halt} behind its length in four bytes, which is 0 if there is none. {@link
 * RocksDatabase#FORMAT} is the version of it.
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
            out.writeInt(state.log().leaderEpoch());
            out.writeLong(state.log().begunAtMs());
            byte[] halt = state.halt() == null ? new byte[0] : state.halt().toByteArray();
            out.writeInt(halt.length);
            out.write(halt);
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
            long position = in.readLong();
            long caughtUpAtMs = in.readLong();
            long epoch = in.readLong();
            long rows = in.readLong();
            int partition = in.readInt();
            String collectionId = read(in);
            String topicId = read(in);
            int leaderEpoch = LogPlace.NO_EPOCH;
            long begunAtMs = 0;
            Halt halt = null;
            if (in.available() > 0) {
                leaderEpoch = in.readInt();
                begunAtMs = in.readLong();
                halt = halt(in);
            }
            if (in.available() > 0) {
                throw new IOException(in.available() + " bytes too many in the shard's state");
            }
            LogPlace log = new LogPlace(position, leaderEpoch, caughtUpAtMs, begunAtMs);
            return new ShardState(
                    applied, collectionId, topicId, partition, log, epoch, rows, halt);
        } catch (IllegalArgumentException e) {
            throw new IOException("the shard's state is damaged", e);
        }
    }

    private static @Nullable Halt halt(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > in.available()) {
            throw new IOException("a halt of " + length + " bytes in the shard's state");
        }
        return length == 0 ? null : Halt.parseFrom(in.readNBytes(length));
    }

    private static String read(DataInputStream in) throws IOException {
        byte[] utf8 = new byte[in.readUnsignedShort()];
        in.readFully(utf8);
        return new String(utf8, UTF_8);
    }
}
