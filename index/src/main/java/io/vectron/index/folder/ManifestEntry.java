package io.vectron.index.folder;

import io.vectron.index.sealed.SegmentSummary;
import java.util.Objects;

/**
 * One segment of a manifest.
 *
 * @param id unique in its folder, never used again
 * @param from the first version of its range
 * @param to the first version behind its range; every row's version is below
 * @param summary what the file was when it was written
 */
public record ManifestEntry(long id, long from, long to, SegmentSummary summary) {

    /** Refuses ids and ranges that cannot be, and rows outside of their range. */
    public ManifestEntry {
        Objects.requireNonNull(summary, "summary");
        if (id < 0) {
            throw new IllegalArgumentException("segment id: " + id);
        }
        if (from < 0 || summary.firstVersion() < from || summary.lastVersion() >= to) {
            throw new IllegalArgumentException(
                    "segment %d: versions %d to %d in the range %d to %d"
                            .formatted(
                                    id, summary.firstVersion(), summary.lastVersion(), from, to));
        }
    }

    /** Name of its file. */
    public String fileName() {
        return SegmentDraft.fileName(id);
    }
}
