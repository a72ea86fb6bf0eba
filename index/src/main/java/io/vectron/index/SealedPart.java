package io.vectron.index;

import io.vectron.index.folder.SegmentRef;
import io.vectron.index.merge.Survivors;
import io.vectron.index.sealed.CorruptSegmentException;
import io.vectron.index.sealed.Deaths;
import io.vectron.index.sealed.Records;
import io.vectron.index.sealed.SealedSegment;

/**
 * A sealed segment as searches use it. Views of the index hold it; the last one lets go of the
 * file.
 */
final class SealedPart {

    private final SegmentRef ref;
    private final Records records;

    private SealedPart(SegmentRef ref, Records records) {
        this.ref = ref;
        this.records = records;
    }

    /**
     * Reads what the segment says of its coding.
     *
     * @param ref held meanwhile
     * @throws CorruptSegmentException if that is nonsense, or for another kind of index
     */
    static SealedPart of(SegmentRef ref, IndexSpec spec) {
        SealedSegment segment = ref.segment();
        if (segment.metric() != spec.metric() || segment.layout().dimension() != spec.dimension()) {
            throw new CorruptSegmentException(
                    segment.file(),
                    0,
                    "it is of an index of %d dimensions under %s"
                            .formatted(segment.layout().dimension(), segment.metric()));
        }
        try {
            return new SealedPart(ref, Records.of(segment));
        } catch (IllegalArgumentException e) {
            CorruptSegmentException corrupt =
                    new CorruptSegmentException(segment.file(), 0, "its coding: " + e.getMessage());
            corrupt.addSuppressed(e);
            throw corrupt;
        }
    }

    /** Of its folder. */
    long id() {
        return ref.entry().id();
    }

    SealedSegment segment() {
        return ref.segment();
    }

    Records records() {
        return records;
    }

    /** Versions of its rows are at or above it. */
    long from() {
        return ref.entry().from();
    }

    /** Versions of its rows are below it. */
    long to() {
        return ref.entry().to();
    }

    int rows() {
        return segment().rows();
    }

    int deadRows() {
        return segment().deaths().count();
    }

    /** Its rows are these survivors: marks those that have died since it was written. */
    void markDeathsSince(Survivors survivors) {
        for (int row = 0; row < survivors.count(); row++) {
            long dead = survivors.dead(row);
            if (dead != Deaths.LIVE) {
                segment().deaths().mark(row, dead);
            }
        }
    }

    /** A view has it; to be called while somebody holds it. */
    void retain() {
        if (!ref.acquire()) {
            throw new IllegalStateException("segment " + id() + " is gone");
        }
    }

    void release() {
        ref.release();
    }
}
