package io.vectron.worker.storage;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import io.vectron.common.digest.Hash128;
import io.vectron.proto.log.v1.StoredPoint;
import io.vectron.worker.shard.RowMark;
import io.vectron.worker.shard.StoredRow;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HexFormat;

/** Rows of the table {@code points}: the key is the id, the value a {@link StoredPoint}. */
final class RowCodec {
    private RowCodec() {}

    static byte[] encode(StoredRow row) {
        return StoredPoint.newBuilder()
                .setVersion(row.version())
                .setPoint(row.point())
                .setHash(UnsafeByteOperations.unsafeWrap(row.mark().hash().toBytes()))
                .build()
                .toByteArray();
    }

    /** The row in {@code value}, which must not change afterwards: the point lies in it. */
    static StoredRow decode(String id, byte[] value) throws IOException {
        StoredPoint stored = parse(id, value);
        return new StoredRow(id, mark(id, stored), stored.getPoint());
    }

    static RowMark decodeMark(String id, byte[] value) throws IOException {
        return mark(id, parse(id, value));
    }

    private static StoredPoint parse(String id, byte[] value) throws IOException {
        try {
            CodedInputStream in = UnsafeByteOperations.unsafeWrap(value).newCodedInput();
            in.enableAliasing(true); // no copy of the point
            return StoredPoint.parseFrom(in);
        } catch (InvalidProtocolBufferException e) {
            throw new IOException("row '" + id + "' is damaged", e);
        }
    }

    private static RowMark mark(String id, StoredPoint stored) throws IOException {
        ByteString hash = stored.getHash();
        if (hash.size() != Hash128.BYTES || stored.getVersion() < 0) {
            throw new IOException("row '" + id + "' has no valid version and hash");
        }
        return new RowMark(stored.getVersion(), Hash128.fromBytes(hash.toByteArray(), 0));
    }

    /** Key in the tables {@code recent} and {@code dead}, and value in the latter. */
    static byte[] versionKey(long version) {
        return ByteBuffer.allocate(Long.BYTES).putLong(version).array();
    }

    /** The version in {@code bytes}. */
    static long version(byte[] bytes) throws IOException {
        if (bytes.length != Long.BYTES || bytes[0] < 0) {
            throw new IOException("no version: " + HexFormat.of().formatHex(bytes));
        }
        return ByteBuffer.wrap(bytes).getLong();
    }
}
