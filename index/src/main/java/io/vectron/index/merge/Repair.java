package io.vectron.index.merge;

import io.vectron.index.code.RecordLayout;

/**
 * The graph of one source without its dead rows: whoever had a dead neighbour chooses anew among
 * its other neighbours and those that the dead one had (FreshDiskANN, Singh et al., 2021, algorithm
 * 4). That costs a small part of inserting the rows anew and keeps recall.
 */
final class Repair {

    private static final int MOST = 64;

    private final Survivors survivors;
    private final Source source;
    private final int number;
    private final Pruning pruning;
    private final Links links;
    private final int[] neighbours = new int[MOST];
    private final int[] next = new int[MOST];
    private final int[] chosen = new int[RecordLayout.DEGREE];
    private int old;

    /** Of the source with that number, into {@code links} by new ordinals. */
    Repair(Survivors survivors, int number, Pruning pruning, Links links) {
        this.survivors = survivors;
        this.source = survivors.sources().get(number);
        this.number = number;
        this.pruning = pruning;
        this.links = links;
    }

    /** Repairs up to {@code rows} more rows; false when all are done. */
    boolean step(int rows) {
        int end = (int) Math.min((long) old + rows, source.rows());
        for (; old < end; old++) {
            int row = survivors.place(number, old);
            if (row != Survivors.LEFT_OUT) {
                one(row);
            }
        }
        return old < source.rows();
    }

    private void one(int row) {
        int count = source.neighbours(old, neighbours);
        boolean intact = count <= RecordLayout.DEGREE;
        for (int i = 0; i < count; i++) {
            int place = survivors.place(number, neighbours[i]);
            intact &= place != Survivors.LEFT_OUT;
            if (i < chosen.length) {
                chosen[i] = place;
            }
        }
        if (intact) {
            links.set(row, chosen, count);
            return;
        }
        pruning.clear();
        for (int i = 0; i < count; i++) {
            int place = survivors.place(number, neighbours[i]);
            if (place == Survivors.LEFT_OUT) {
                addBehind(row, neighbours[i]);
            } else {
                pruning.add(row, place);
            }
        }
        links.set(row, chosen, pruning.choose(chosen));
    }

    private void addBehind(int row, int dead) {
        int count = source.neighbours(dead, next);
        for (int i = 0; i < count; i++) {
            int place = survivors.place(number, next[i]);
            if (place != Survivors.LEFT_OUT) {
                pruning.add(row, place);
            }
        }
    }
}
