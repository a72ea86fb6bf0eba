package io.vectron.index.sealed;

import io.vectron.index.code.OffHeap;
import io.vectron.index.code.RecordLayout;
import io.vectron.index.walk.Pool;

/** A walk over compact records: every neighbour not seen before is compared by its
 * code, most of them by a part of it. */
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
            int distance = distance(records, records.entry(i));
            if (distance < least) {
                least = distance;
                best = i;
            }
        }
        return records.row(OffHeap.intAt(records.entry(best) + layout.neighboursAt()));
    }

    @Override
    int gather(Records records, long key) {
        long at = records.record(key & Pool.ORDINAL) + layout.neighboursAt();
        for (int slot = 0; slot < RecordLayout.DEGREE; slot++) {
            fresh[slot] = records.row(OffHeap.intAt(at + 4L * slot));
        }
        return seen.addAll(fresh, RecordLayout.DEGREE);
    }
}
