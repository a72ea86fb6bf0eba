package io.vectron.index;

import io.vectron.index.folder.SegmentFolder;
import io.vectron.index.folder.SegmentView;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * What an index begins with: its folder and the segments in it, held until closed.
 *
 * @param held keeps the segments until the index has them in its first view
 * @param parts oldest rows first
 */
record Opening(
        IndexSpec spec, String name, SegmentFolder folder, SegmentView held, List<SealedPart> parts)
        implements AutoCloseable {

    static Opening of(IndexSpec spec, Path path, String name) throws IOException {
        // Whoever lets go of a file last removes it: a merge in most cases, seldom a search.
        SegmentFolder folder = SegmentFolder.open(path, Runnable::run);
        SegmentView held = folder.view();
        try {
            List<SealedPart> parts =
                    held.segments().stream().map(ref -> SealedPart.of(ref, spec)).toList();
            return new Opening(spec, name, folder, held, parts);
        } catch (RuntimeException e) {
            held.close();
            folder.close();
            throw e;
        }
    }

    /** Versions of all rows in files are below it. */
    long to() {
        return parts.isEmpty() ? 0 : parts.getLast().to();
    }

    /** Lets go of what the index does not hold by itself. */
    @Override
    public void close() {
        held.close();
    }
}
