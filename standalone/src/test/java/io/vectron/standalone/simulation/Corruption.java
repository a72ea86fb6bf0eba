package io.vectron.standalone.simulation;

import io.vectron.proto.log.v1.ApplyBatch;
import io.vectron.proto.log.v1.ShardEntry;
import java.util.SplittableRandom;

/** What was done to the rows of one replica behind its back. */
final class Corruption {
    private boolean damaged;
    private boolean unseen; // a scrub finds nothing of it
    private boolean next; // the next batch arrives otherwise

    /** Whether rows were changed, so that the replica may answer anything. */
    boolean isDamaged() {
        return damaged;
    }

    /** Whether rows are, or are about to be, changed so that only other members can know. */
    boolean isUnseen() {
        return next || (damaged && unseen);
    }

    /** Other rows took the place of all that were there. */
    void replaced(boolean byDamaged) {
        damaged = byDamaged;
        unseen = false;
    }

    /** The process ended: what was to be done in its memory is not done. */
    void crash() {
        next = false;
    }

    /** The next batch that writes a row arrives otherwise. */
    void changeNext() {
        next = true;
    }

    /** Changes one of the rows, of which there is at least one; returns its id. */
    String change(Damage how, MemoryStore store, SplittableRandom random) {
        damaged = true;
        unseen = false;
        return how.change(store, random);
    }

    /** The entry as it arrives at a replica that stands at a position. */
    ShardEntry entry(ShardEntry entry, long position) {
        if (!next || !entry.hasApplyBatch()) {
            return entry;
        }
        ApplyBatch changed = Damage.changed(entry.getApplyBatch(), position);
        if (changed == null) {
            return entry;
        }
        next = false;
        damaged = true;
        unseen = true;
        return entry.toBuilder().setApplyBatch(changed).build();
    }
}
