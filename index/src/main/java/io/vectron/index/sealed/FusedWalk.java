package io.vectron.index.sealed;

import io.vectron.index.code.MappedScan;
import io.vectron.index.code.OffHeap;
import io.vectron.index.code.ProductLookup;
import io.vectron.index.code.ProductQuantizer;
import io.vectron.index.code.RecordLayout;
import io.vectron.index.walk.Pool;
import java.util.Objects;

/**
 * A walk over fused records: the distances of a row's neighbours are estimated from the row's own
 * record, and only those that may come into the pool are compared by their codes.
 */
final class FusedWalk extends Walk {

    /**
     * How far below its estimate a distance may lie, as a share of what the direction could be
     * worth. More compares more rows and misses fewer.
     */
    private static final float SLACK = 0.005f;

    /**
     * Neighbours of a row that are compared at most, the nearest by their estimates, or as many as
     * the pool lacks. It matters on the way to the query, where all of them are nearer than the
     * rows found so far: nearly always one of these is the next to be expanded.
     */
    private static final int MOST_COMPARED = 12;

    private final ProductLookup lookup;
    private final float[] estimates = new float[RecordLayout.DEGREE];
    private float querySlack;

    FusedWalk(RecordLayout layout) {
        super(layout);
        this.lookup = new ProductLookup(layout);
    }

    @Override
    void prepare(Records records) {
        ProductQuantizer products = Objects.requireNonNull(records.coding.products());
        products.lookup(scaled, lookup);
        if (records.signed) {
            float squares = 0;
            for (float value : scaled) {
                squares += value * value;
            }
            querySlack = SLACK * (float) Math.sqrt(squares);
        }
    }

    @Override
    int entry(Records records) {
        float least = Float.MAX_VALUE;
        int best = 0;
        int bestSlot = 0;
        for (int i = 0; i < records.entryCount; i++) {
            long parts = records.entry(i) + layout.offsetsAt();
            int below = MappedScan.scan(parts, lookup, 0, least, estimates);
            while (below != 0) {
                int slot = Integer.numberOfTrailingZeros(below);
                below &= below - 1;
                if (estimates[slot] < least) {
                    least = estimates[slot];
                    best = i;
                    bestSlot = slot;
                }
            }
        }
        long neighbours = records.entry(best) + layout.neighboursAt();
        return records.row(OffHeap.intAt(neighbours + bestSlot * 4L));
    }

    @Override
    int gather(Records records, long key) {
        long at = records.record(key & Pool.ORDINAL);
        float distance = (int) (key >> 32);
        long worst = pool.bound();
        float bound = worst == Long.MAX_VALUE ? Float.MAX_VALUE : (int) (worst >> 32) - distance;
        float slack = records.signed ? querySlack : SLACK * (float) Math.sqrt(distance);
        int below = MappedScan.scan(at + layout.offsetsAt(), lookup, slack, bound, estimates);
        int most = Math.max(MOST_COMPARED, pool.lacks());
        if (Integer.bitCount(below) > most) {
            below &= MappedScan.least(estimates, most);
        }
        long neighbours = at + layout.neighboursAt();
        int count = 0;
        while (below != 0) {
            int slot = Integer.numberOfTrailingZeros(below);
            below &= below - 1;
            fresh[count++] = records.row(OffHeap.intAt(neighbours + slot * 4L));
        }
        return seen.addAll(fresh, count);
    }
}
