package io.vectron.index.folder;

import io.vectron.index.Metric;
import io.vectron.index.code.RecordLayout;
import io.vectron.index.sealed.SegmentSource;
import io.vectron.index.sealed.SegmentWriter;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/** Small segments with a row for each version of a range. */
final class Segments {

    private Segments() {}

    /** Writes a draft. */
    static SegmentFolder.Addition write(SegmentFolder folder, int from, int to) throws IOException {
        SegmentDraft draft = folder.draft();
        return new SegmentFolder.Addition(
                draft, from, to, SegmentWriter.write(draft.file(), new Range(from, to)));
    }

    private record Range(int from, int to) implements SegmentSource {
        @Override
        public RecordLayout layout() {
            return new RecordLayout(2, false);
        }

        @Override
        public Metric metric() {
            return Metric.COSINE;
        }

        @Override
        public int rows() {
            return to - from;
        }

        @Override
        public long version(int ordinal) {
            return from + (long) ordinal;
        }

        @Override
        public byte[] id(int ordinal) {
            return ("id-" + (from + ordinal)).getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public void records(int first, int end, MemorySegment into) {
            into.fill((byte) 0); // neighbour 0
        }

        @Override
        public void floats(int first, int end, MemorySegment into) {
            into.fill((byte) 0);
        }

        @Override
        public int[] stillborn() {
            return new int[0];
        }

        @Override
        public MemorySegment quantizer() {
            return MemorySegment.NULL;
        }

        @Override
        public MemorySegment entries() {
            return MemorySegment.NULL;
        }
    }
}
