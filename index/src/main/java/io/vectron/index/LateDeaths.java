package io.vectron.index;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Rows that die while a new segment is told of all deaths before: so that writers need not wait for
 * that, they are written down and added at the end. Its owner calls it under a lock.
 */
final class LateDeaths {

    private long[] deaths = {}; // version and position of death, in turn
    private int count;
    private boolean begun;

    /** From now on deaths are written down. */
    void begin() {
        begun = true;
        count = 0;
    }

    /** The row of a version died, whatever segment has it. */
    void add(long version, long at) {
        if (!begun) {
            return;
        }
        if (2 * count == deaths.length) {
            deaths = Arrays.copyOf(deaths, Math.max(64, 4 * count));
        }
        deaths[2 * count] = version;
        deaths[2 * count + 1] = at;
        count++;
    }

    /** Marks them in the segment that takes over their rows; those of others stay as they are. */
    void end(@Nullable SealedPart fresh) {
        for (int i = 0; fresh != null && i < count; i++) {
            int ordinal = fresh.segment().ordinalOf(deaths[2 * i]);
            if (ordinal >= 0) {
                fresh.segment().deaths().mark(ordinal, deaths[2 * i + 1]);
            }
        }
        begun = false;
        deaths = new long[0];
        count = 0;
    }
}
