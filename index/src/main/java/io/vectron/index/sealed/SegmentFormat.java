package io.vectron.index.sealed;

import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Constants of the segment file, version 3; {@code docs/segment-file.md} describes it. */
public final class SegmentFormat {

    /** The version that this code writes; it reads this one and the one before. */
    public static final int VERSION = 3;

    /** Bytes of the header, with which the file begins. */
    public static final int HEADER_BYTES = 4096;

    /** The most rows of a segment. */
    public static final int MAX_ROWS = 1 << 29;

    /** The longest id, bytes of UTF-8; the shortest has one. */
    public static final int MAX_ID_BYTES = 65_535;

    /** The most bytes of a quantizer, and of the entries. */
    public static final int MAX_CODEC_BYTES = 64 << 20;

    /** The eight bytes {@code VECTRSEG} as a little-endian number. */
    static final long MAGIC = 0x4745_5352_5443_4556L;

    /** Flag of the header: records are fused ones. */
    static final int FLAG_FUSED = 1;

    static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private SegmentFormat() {}
}
