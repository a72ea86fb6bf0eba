package io.vectron.index.sealed;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * Sorts rows by the bytes of their ids: multikey quicksort (Bentley and Sedgewick, 1997), which
 * compares a prefix that many ids share once a row and not once a comparison.
 */
final class IdOrder {

    private static final int FEW = 12;

    private final MemorySegment bytes;
    private final long[] offsets;
    private final int[] order;

    private IdOrder(MemorySegment bytes, long[] offsets, int[] order) {
        this.bytes = bytes;
        this.offsets = offsets;
        this.order = order;
    }

    /**
     * The ordinals in ascending order of their ids as unsigned bytes, a prefix before what it
     * begins; equal ids by ordinal.
     *
     * @param offsets where each id begins, and last where all end
     */
    static int[] of(MemorySegment bytes, long[] offsets) {
        int[] order = new int[offsets.length - 1];
        for (int i = 0; i < order.length; i++) {
            order[i] = i;
        }
        new IdOrder(bytes, offsets, order).sort(0, order.length, 0);
        return order;
    }

    // Sorts [from, to), whose ids agree in the first `depth` bytes. The largest part goes around
    // the loop, so that the stack is never deeper than the logarithm of the rows.
    private void sort(int from, int to, int depth) {
        int begin = from;
        int end = to;
        int at = depth;
        while (end - begin > FEW) {
            int pivot = median(begin, end, at);
            int less = begin;
            int more = end;
            for (int i = begin; i < more; ) {
                int value = byteAt(order[i], at);
                if (value < pivot) {
                    swap(less++, i++);
                } else if (value > pivot) {
                    swap(i, --more);
                } else {
                    i++;
                }
            }
            if (pivot < 0) { // ids that end here are equal, and first
                sortOrdinals(begin, more);
                begin = more;
                continue;
            }
            int lessSize = less - begin;
            int equalSize = more - less;
            int moreSize = end - more;
            if (equalSize >= lessSize && equalSize >= moreSize) {
                sort(begin, less, at);
                sort(more, end, at);
                begin = less;
                end = more;
                at++;
            } else if (lessSize >= moreSize) {
                sort(less, more, at + 1);
                sort(more, end, at);
                end = less;
            } else {
                sort(begin, less, at);
                sort(less, more, at + 1);
                begin = more;
            }
        }
        insertionSort(begin, end, at);
    }

    private void sortOrdinals(int begin, int end) {
        Arrays.sort(order, begin, end);
    }

    private void insertionSort(int begin, int end, int depth) {
        for (int i = begin + 1; i < end; i++) {
            int moved = order[i];
            int j = i;
            for (; j > begin && compare(moved, order[j - 1], depth) < 0; j--) {
                order[j] = order[j - 1];
            }
            order[j] = moved;
        }
    }

    private int compare(int a, int b, int depth) {
        for (int at = depth; ; at++) {
            int x = byteAt(a, at);
            int y = byteAt(b, at);
            if (x != y) {
                return Integer.compare(x, y);
            }
            if (x < 0) {
                return Integer.compare(a, b);
            }
        }
    }

    private int median(int begin, int end, int depth) {
        int a = byteAt(order[begin], depth);
        int b = byteAt(order[(begin + end) >>> 1], depth);
        int c = byteAt(order[end - 1], depth);
        return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
    }

    // -1 behind the id's end
    private int byteAt(int ordinal, int depth) {
        long at = offsets[ordinal] + depth;
        return at < offsets[ordinal + 1] ? bytes.get(ValueLayout.JAVA_BYTE, at) & 0xff : -1;
    }

    private void swap(int i, int j) {
        int kept = order[i];
        order[i] = order[j];
        order[j] = kept;
    }
}
