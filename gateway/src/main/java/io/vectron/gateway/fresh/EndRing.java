package io.vectron.gateway.fresh;

import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What was seen of the end of one partition: pairs (time, end), each saying "at this time nothing
 * at or above this end was in the log".
 *
 * <p>Bounded: of looks with equal ends only the latest is kept, since it says the most, and when
 * the ring is full every second pair of its older half goes. An old answer is then dated a little
 * earlier than it could be, never later. So a replica that lags by hours still gets a time.
 */
final class EndRing {

    private static final int FIRST_CAPACITY = 8;

    private final int capacity;

    // Ascending by time and, strictly, by end. Guarded by this.
    private long[] nanos = new long[FIRST_CAPACITY];
    private Instant[] walls = new Instant[FIRST_CAPACITY];
    private long[] ends = new long[FIRST_CAPACITY];
    private int size;

    /**
     * @param capacity pairs kept, at least 8
     */
    EndRing(int capacity) {
        if (capacity < FIRST_CAPACITY) {
            throw new IllegalArgumentException("capacity below 8: " + capacity);
        }
        this.capacity = capacity;
    }

    /**
     * Records that the log ended at {@code end} at {@code taken} or later.
     *
     * @param taken read before Kafka was asked: a time read after the answer would claim records
     *     that came in between
     */
    synchronized void add(Moment taken, long end) {
        if (size > 0 && taken.nanos() - nanos[size - 1] <= 0) {
            return; // Overtaken by a later look, which says more.
        }
        // An end fell only if the log lost records; the pairs above it no longer describe it.
        while (size > 0 && ends[size - 1] >= end) {
            size--;
        }
        if (size == capacity) {
            thin();
        } else if (size == ends.length) {
            int grown = Math.min(capacity, size * 2);
            nanos = Arrays.copyOf(nanos, grown);
            walls = Arrays.copyOf(walls, grown);
            ends = Arrays.copyOf(ends, grown);
        }
        nanos[size] = taken.nanos();
        walls[size] = taken.wall();
        ends[size] = end;
        size++;
    }

    /**
     * The latest time at which nothing at or above the position was in the log; null if
     * unknown.
     */
    synchronized @Nullable Moment coveredBy(long position) {
        int found = Arrays.binarySearch(ends, 0, size, position);
        int at = found >= 0 ? found : -found - 2;
        return at < 0 ? null : new Moment(nanos[at], walls[at]);
    }

    /** The end seen last; -1 when none was. */
    synchronized long last() {
        return size == 0 ? -1 : ends[size - 1];
    }

    /** Pairs held. */
    synchronized int size() {
        return size;
    }

    private void thin() {
        int kept = 0;
        for (int i = 0; i < size; i++) {
            if (i >= size / 2 || i % 2 == 0) {
                nanos[kept] = nanos[i];
                walls[kept] = walls[i];
                ends[kept] = ends[i];
                kept++;
            }
        }
        size = kept;
    }
}
