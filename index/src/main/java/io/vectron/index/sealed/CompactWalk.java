package io.vectron.index.sealed;

import io.vectron.index.code.RecordLayout;
import java.lang.foreign.MemorySegment;

/** A walk over compact records: every neighbour not seen before is compared by its code. */
final class CompactWalk extends Walk {

    CompactWalk(RecordLayout layout) {
        super(layout);
    }

    @Override
    void prepare(Records records) {}

    @Override
    int entry(Records records) {
        int best = 0;
        int least = Integer.MAX_VALUE;
        for (int i = 0; i < records.entryCount; i++) {
            int distance = distance(records, records.entries, (long) i * records.stride);
            if (distance < least) {
                least = distance;
                best = i;
            }
        }
        return records.entries.get(
                SegmentFormat.INT, (long) best * records.stride + layout.neighboursAt());
    }

    @Override
    int gather(Records records, long key) {
        MemorySegment memory = records.memory;
        long at = (key & Pool.ORDINAL) * records.stride + layout.neighboursAt();
        seen.reserve(RecordLayout.DEGREE);
        int count = 0;
        for (int slot = 0; slot < RecordLayout.DEGREE; slot++) {
            int neighbour = memory.get(SegmentFormat.INT, at + 4L * slot);
            if (seen.add(neighbour)) {
                fresh[count++] = neighbour;
            }
        }
        return count;
    }
}
