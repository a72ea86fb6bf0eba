package io.vectron.index.folder;

import io.vectron.index.sealed.SealedSegment;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An open segment that several hold at once: the manifest, and every view of a reader. Whoever lets
 * go last has it disposed of; from then on nobody gets it.
 */
public final class SegmentRef {

    private final ManifestEntry entry;
    private final SealedSegment segment;
    private final Disposal disposal;
    private final AtomicInteger holders = new AtomicInteger(1); // 0 is final
    private volatile boolean listed = true; // in the manifest; set by the folder only

    /** What is done with a segment that nobody holds. */
    @FunctionalInterface
    interface Disposal {

        /** Called once, by the thread that let go last. */
        void dispose(SegmentRef segment);
    }

    /** Held once, by whoever makes it: the manifest's hold. */
    SegmentRef(ManifestEntry entry, SealedSegment segment, Disposal disposal) {
        this.entry = entry;
        this.segment = segment;
        this.disposal = disposal;
    }

    /** What the manifest says of it. */
    public ManifestEntry entry() {
        return entry;
    }

    /** The segment, to be used by those who hold it only. */
    public SealedSegment segment() {
        return segment;
    }

    /** Takes hold of the segment; false if it is gone. */
    public boolean acquire() {
        for (int now = holders.get(); now > 0; now = holders.get()) {
            if (holders.compareAndSet(now, now + 1)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Lets go of the segment, once for each hold.
     *
     * @throws IllegalStateException if nobody holds it
     */
    public void release() {
        int left = holders.decrementAndGet();
        if (left == 0) {
            disposal.dispose(this);
        } else if (left < 0) {
            holders.incrementAndGet();
            throw new IllegalStateException(entry.fileName() + " is released too often");
        }
    }

    /** How many hold it. */
    int holders() {
        return Math.max(0, holders.get());
    }

    /** Whether its file is to stay when nobody holds it. */
    boolean listed() {
        return listed;
    }

    void unlist() {
        listed = false;
    }
}
