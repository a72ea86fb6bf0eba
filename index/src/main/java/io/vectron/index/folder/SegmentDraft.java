package io.vectron.index.folder;

import java.nio.file.Path;
import java.util.HexFormat;

/**
 * A segment that is being written: its id is taken, its file has a temporary name.
 *
 * @param id of the segment to be
 * @param file where it is to be written
 */
public record SegmentDraft(long id, Path file) {

    static final String SUFFIX = ".tmp";

    static SegmentDraft of(Path folder, long id) {
        return new SegmentDraft(id, folder.resolve(fileName(id) + SUFFIX));
    }

    static String fileName(long id) {
        return "segment-" + HexFormat.of().toHexDigits(id) + ".vsg";
    }
}
