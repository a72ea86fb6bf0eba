package io.vectron.index.sealed;

import io.vectron.index.code.ArrayRows;
import io.vectron.index.code.NeighbourLists;
import io.vectron.index.code.RecordLayout;
import io.vectron.index.vector.Scorer;
import java.util.Arrays;
import java.util.Random;

/** Each row is linked to its 20 nearest, to the next one, and to rows by chance. */
final class BruteGraph implements NeighbourLists {

    private static final int NEAREST = 20;

    private final int[][] lists;

    BruteGraph(Scorer scorer, ArrayRows rows, Random random) {
        int count = rows.count();
        this.lists = new int[count][];
        long[] keys = new long[count];
        for (int i = 0; i < count; i++) {
            float[] row = rows.padded(i);
            for (int j = 0; j < count; j++) {
                float distance = scorer.keyDistance(row, rows.padded(j), 0);
                keys[j] = (long) Scorer.sortable(distance) << 32 | j;
            }
            Arrays.sort(keys);
            int[] list = new int[Math.min(RecordLayout.DEGREE, count - 1)];
            int length = 0;
            for (int j = 0; j < count && length < Math.min(NEAREST, list.length); j++) {
                if ((int) keys[j] != i) {
                    list[length++] = (int) keys[j];
                }
            }
            for (; length < list.length; length++) {
                boolean next = length == list.length - 1;
                list[length] = next ? (i + 1) % count : random.nextInt(count);
            }
            lists[i] = list;
        }
    }

    @Override
    public int read(int row, int[] to) {
        System.arraycopy(lists[row], 0, to, 0, lists[row].length);
        return lists[row].length;
    }
}
