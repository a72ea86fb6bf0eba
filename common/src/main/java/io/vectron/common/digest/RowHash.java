package io.vectron.common.digest;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * Hash of a row: murmur3 x64 128 with seed 0 (Appleby, MurmurHash3) of
 *
 * <pre>
 * u16 LE  bytes of the id
 *         the id, UTF-8
 * i64 LE  version
 *         the canonical point
 * </pre>
 *
 * <p>Stored in every replica; it may never change.
 */
public final class RowHash {
    private static final VarHandle SHORT =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int MAX_ID_BYTES = 0xffff;

    private RowHash() {}

    /**
     * Hash of a row.
     *
     * @param id point id, UTF-8, at most 65,535 bytes
     * @param version offset of the record that wrote it
     * @param canonicalPoint canonical bytes of the point
     */
    public static Hash128 of(byte[] id, long version, byte[] canonicalPoint) {
        if (id.length > MAX_ID_BYTES) {
            throw new IllegalArgumentException("id is too long: " + id.length + " bytes");
        }
        byte[] row = new byte[Short.BYTES + id.length + Long.BYTES + canonicalPoint.length];
        SHORT.set(row, 0, (short) id.length);
        System.arraycopy(id, 0, row, Short.BYTES, id.length);
        int at = Short.BYTES + id.length;
        LONG.set(row, at, version);
        System.arraycopy(canonicalPoint, 0, row, at + Long.BYTES, canonicalPoint.length);
        return Murmur3.hash(row);
    }

    /** Bucket of an id, 0 to 255: the low byte of its CRC-32C. */
    public static int bucket(byte[] id) {
        CRC32C crc = new CRC32C();
        crc.update(id);
        return (int) (crc.getValue() & 0xff);
    }
}
