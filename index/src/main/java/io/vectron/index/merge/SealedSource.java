package io.vectron.index.merge;

import io.vectron.index.code.RecordLayout;
import io.vectron.index.sealed.SealedSegment;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Rows of a sealed segment, checked as they are read.
 *
 * @param segment not closed before the last reading
 */
public record SealedSource(SealedSegment segment) implements Source {

    private static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    @Override
    public int rows() {
        return segment.rows();
    }

    @Override
    public long version(int ordinal) {
        return segment.version(ordinal);
    }

    @Override
    public byte[] id(int ordinal) {
        return segment.idBytes(ordinal);
    }

    @Override
    public long dead(int ordinal) {
        return segment.deaths().at(ordinal);
    }

    @Override
    public void read(int ordinal, float[] to) {
        long bytes = (long) to.length * Float.BYTES;
        segment.floatGuard().touch(ordinal * bytes, bytes);
        MemorySegment.copy(segment.floats(), FLOAT, ordinal * bytes, to, 0, to.length);
    }

    @Override
    public boolean hasGraph() {
        return true;
    }

    @Override
    public int neighbours(int ordinal, int[] to) {
        RecordLayout layout = segment.layout();
        long at = (long) ordinal * layout.stride();
        segment.recordGuard().touch(at, layout.stride());
        int count = 0;
        for (int slot = 0; slot < RecordLayout.DEGREE; slot++) {
            int neighbour =
                    segment.records()
                            .get(INT, at + layout.neighboursAt() + (long) slot * Integer.BYTES);
            if (neighbour != ordinal) { // its own ordinal fills up the list
                to[count++] = neighbour;
            }
        }
        return count;
    }
}
