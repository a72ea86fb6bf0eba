package io.vectron.index.sealed;

import java.nio.file.Path;

/** The rows' versions in a mapped segment, strictly ascending. */
final class VersionTable {

    private final int rows;
    private final PackedNumbers versions;

    VersionTable(int rows, PackedNumbers versions) {
        this.rows = rows;
        this.versions = versions;
    }

    long at(int ordinal) {
        return versions.at(ordinal);
    }

    /** The row of a version, -1 if there is none. */
    int find(long version) {
        int low = 0;
        int high = rows - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            long found = at(middle);
            if (found == version) {
                return middle;
            }
            if (found < version) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return -1;
    }

    /**
     * Reads all of it once.
     *
     * @param tableAt where it begins in the file
     * @throws CorruptSegmentException if they do not ascend, or have no place in it
     */
    void check(Path file, long tableAt) {
        versions.check(file, tableAt);
        long before = -1;
        for (int i = 0; i < rows; i++) {
            long version = at(i);
            if (version <= before) {
                throw new CorruptSegmentException(
                        file,
                        tableAt + versions.writtenAt(i),
                        "version %d after %d".formatted(version, before));
            }
            before = version;
        }
    }
}
