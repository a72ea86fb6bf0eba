package io.vectron.index.merge;

import io.vectron.index.hot.HotSegment;
import java.nio.charset.StandardCharsets;

/**
 * Rows of a hot segment that takes no more of them.
 *
 * @param segment its graph is complete, or it has none
 */
public record HotSource(HotSegment segment) implements Source {

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
        return segment.id(ordinal).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public long dead(int ordinal) {
        return segment.dead(ordinal);
    }

    @Override
    public void read(int ordinal, float[] to) {
        segment.read(ordinal, to);
    }

    @Override
    public boolean hasGraph() {
        return segment.tailRows() == 0;
    }

    @Override
    public int neighbours(int ordinal, int[] to) {
        return segment.neighbours(ordinal, to);
    }
}
