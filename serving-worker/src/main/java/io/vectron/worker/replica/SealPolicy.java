package io.vectron.worker.replica;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;

/** Which replicas' rows in memory are cut off now, to be sealed into files. Pure. */
final class SealPolicy {
    private SealPolicy() {}

    /**
     * Rows of a replica in memory.
     *
     * @param group the replica
     * @param leads whether a cut can be proposed here
     * @param wantsCut whether there are many of them
     * @param sealing whether rows cut off before are still to be sealed
     * @param bytes memory they take, those cut off included
     */
    record Slab(UUID group, boolean leads, boolean wantsCut, boolean sealing, long bytes) {
        Slab {
            if (bytes < 0) {
                throw new IllegalArgumentException("negative memory: " + bytes);
            }
        }
    }

    /**
     * Those of our shards that are full enough, and as long as all that is in memory takes more
     * than the budget the largest ones, whoever leads them: a follower's memory is as short as a
     * leader's. What is being sealed counts until it is in its file.
     *
     * <p>One cut of a replica at a time: more of them would not free memory sooner, and a writer
     * that is faster than the sealing must meet the limits of its index. None that takes less than
     * its share of the budget, since a file of few rows costs more in merges than it frees; as long
     * as the budget is exceeded, one of all replicas has at least its share.
     */
    static List<UUID> cuts(List<Slab> slabs, long budgetBytes) {
        List<UUID> cuts = new ArrayList<>();
        List<Slab> rest = new ArrayList<>();
        long held = 0;
        for (Slab slab : slabs) {
            if (!slab.sealing() && slab.wantsCut() && slab.leads()) {
                cuts.add(slab.group());
                continue;
            }
            held += slab.bytes();
            if (!slab.sealing()) {
                rest.add(slab);
            }
        }
        rest.sort(Comparator.comparingLong(Slab::bytes).reversed());
        long share = budgetBytes / Math.max(1, slabs.size());
        for (Slab slab : rest) {
            if (held > budgetBytes && slab.bytes() >= Math.max(1, share)) {
                cuts.add(slab.group());
                held -= slab.bytes();
            }
        }
        return cuts;
    }
}
