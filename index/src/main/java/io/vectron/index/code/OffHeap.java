package io.vectron.index.code;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Memory outside of the heap by its address, for loops where the checks of a {@link MemorySegment}
 * of one file (bounds, and whether it is still open) take a tenth of the time.
 *
 * <p>Nothing is checked here: a wrong address ends the process. So callers keep to memory whose
 * owner cannot close it meanwhile, and compare every row number that they read from a file with the
 * number of rows there are before they make an address of it.
 */
public final class OffHeap {

    /** All of it; a constant, so that compiled loops know its bounds. */
    static final MemorySegment ALL = all();

    private static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private OffHeap() {}

    @SuppressWarnings("restricted") // the purpose of this class
    private static MemorySegment all() {
        return MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
    }

    /** The byte at an address. */
    public static byte byteAt(long address) {
        return ALL.get(ValueLayout.JAVA_BYTE, address);
    }

    /** The little-endian int at an address. */
    public static int intAt(long address) {
        return ALL.get(INT, address);
    }

    /** The little-endian float at an address. */
    static float floatAt(long address) {
        return Float.intBitsToFloat(intAt(address));
    }
}
