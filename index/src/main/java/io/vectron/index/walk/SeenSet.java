package io.vectron.index.walk;

import java.util.Arrays;

/**
 * Rows met by a walk. Of up to 8 million rows a bit each, which is read and set without a branch:
 * whether a neighbour is new is a matter of chance, which no branch predictor foretells.
 * Of more rows a hash set of those met, for the bits would fill the nearer caches. Scratch of one
 * search at a time.
 */
public final class SeenSet {

    private static final int MOST_BITS = 1 << 23;
    private static final int LEAST_SLOTS = 1 << 11;
    private static final int MOST_SLOTS_AT_START = 1 << 16;

    private boolean hashed;

    private long[] words = new long[0];
    private int[] changed = new int[1 << 10]; // words with bits, some more than once
    private int changes;

    private int[] slots = new int[0]; // row + 1, or 0
    private int mask;
    private int count;

    /** Empties the set for a walk over {@code rows} rows that keeps {@code ef} of them. */
    public void clear(int rows, int ef) {
        hashed = rows > MOST_BITS;
        if (hashed) {
            clearSlots(ef);
        } else {
            clearBits(rows);
        }
    }

    /**
     * Adds rows and leaves those that were not in the set, in their order.
     *
     * @param rows its first {@code size} are read; the new ones are written to its front
     * @return how many were new
     */
    public int addAll(int[] rows, int size) {
        return hashed ? addToSlots(rows, size) : addBits(rows, size);
    }

    private void clearBits(int rows) {
        int length = (rows + Long.SIZE - 1) / Long.SIZE;
        if (length > words.length) {
            words = new long[length];
        } else if (changes > words.length / 8) {
            Arrays.fill(words, 0);
        } else {
            for (int i = 0; i < changes; i++) {
                words[changed[i]] = 0;
            }
        }
        changes = 0;
    }

    private int addBits(int[] rows, int size) {
        if (changes + size > changed.length) {
            changed = Arrays.copyOf(changed, Math.max(2 * changed.length, changes + size));
        }
        long[] in = words;
        int[] log = changed;
        int logged = changes;
        int fresh = 0;
        for (int i = 0; i < size; i++) {
            int row = rows[i];
            int at = row >>> 6;
            long word = in[at];
            int isNew = (int) (~word >>> row) & 1;
            in[at] = word | 1L << row;
            rows[fresh] = row;
            log[logged] = at;
            fresh += isNew;
            logged += isNew;
        }
        changes = logged;
        return fresh;
    }

    private void clearSlots(int ef) {
        int size = Math.clamp(Integer.highestOneBit(ef) * 32L, LEAST_SLOTS, MOST_SLOTS_AT_START);
        if (size > slots.length) {
            slots = new int[size];
        } else {
            Arrays.fill(slots, 0, size, 0);
        }
        mask = size - 1;
        count = 0;
    }

    private int addToSlots(int[] rows, int size) {
        while (count + size > (mask + 1) / 4 * 3) {
            grow();
        }
        int fresh = 0;
        for (int i = 0; i < size; i++) {
            int row = rows[i];
            if (addToSlots(row)) {
                rows[fresh++] = row;
            }
        }
        count += fresh;
        return fresh;
    }

    private boolean addToSlots(int row) {
        int slot = slot(row);
        int there;
        while ((there = slots[slot]) != 0) {
            if (there == row + 1) {
                return false;
            }
            slot = (slot + 1) & mask;
        }
        slots[slot] = row + 1;
        return true;
    }

    private int slot(int row) {
        return ((row * 0x9E3779B1) >>> 7) & mask;
    }

    private void grow() {
        int[] old = slots;
        int oldSize = mask + 1;
        slots = new int[2 * oldSize];
        mask = 2 * oldSize - 1;
        for (int i = 0; i < oldSize; i++) {
            if (old[i] != 0) {
                addToSlots(old[i] - 1);
            }
        }
    }

    /** Ints held. */
    public int held() {
        return slots.length + changed.length + 2 * words.length;
    }
}
