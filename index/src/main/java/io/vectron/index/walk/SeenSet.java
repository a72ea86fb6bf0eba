package io.vectron.index.walk;

import java.util.Arrays;

/**
 * Ordinals met by a walk: an open-addressing set of ordinal + 1 that is small where few rows are
 * met, so that it stays in the nearest cache. Scratch of one search at a time.
 */
public final class SeenSet {

    private static final int LEAST = 1 << 11;
    private static final int MOST_AT_START = 1 << 16;

    private int[] slots = new int[1 << 12];
    private int mask;
    private int count;

    /** Empties the set and sizes it for a walk that keeps {@code ef} rows. */
    public void clear(int ef) {
        int size = Math.clamp(Integer.highestOneBit(ef) * 32L, LEAST, MOST_AT_START);
        if (size > slots.length) {
            slots = new int[size];
        } else {
            Arrays.fill(slots, 0, size, 0);
        }
        mask = size - 1;
        count = 0;
    }

    /** Makes room for {@code more} additions, so that {@link #add} need not look. */
    public void reserve(int more) {
        if (count + more > (mask + 1) / 4 * 3) {
            grow();
        }
    }

    /** Adds an ordinal; answers whether it was new. Room must have been reserved. */
    public boolean add(int ordinal) {
        int[] in = slots;
        int slot = slot(ordinal);
        int there;
        while ((there = in[slot]) != 0) {
            if (there == ordinal + 1) {
                return false;
            }
            slot = (slot + 1) & mask;
        }
        in[slot] = ordinal + 1;
        count++;
        return true;
    }

    private int slot(int ordinal) {
        return ((ordinal * 0x9E3779B1) >>> 7) & mask;
    }

    private void grow() {
        int[] old = slots;
        int oldSize = mask + 1;
        slots = new int[2 * oldSize];
        mask = 2 * oldSize - 1;
        for (int i = 0; i < oldSize; i++) {
            if (old[i] != 0) {
                int slot = slot(old[i] - 1);
                while (slots[slot] != 0) {
                    slot = (slot + 1) & mask;
                }
                slots[slot] = old[i];
            }
        }
    }

    /** Ints held. */
    public int held() {
        return slots.length;
    }
}
