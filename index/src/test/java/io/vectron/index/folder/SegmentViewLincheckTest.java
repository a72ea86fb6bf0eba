package io.vectron.index.folder;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vectron.index.Lincheck;
import io.vectron.index.sealed.SealedSegment;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Segments are replaced while views are taken and closed, in every interleaving of a few steps. */
class SegmentViewLincheckTest {

    private static @Nullable SealedSegment any; // its content is nobody's business here

    @TempDir Path root;

    private void check(Class<? extends Folder> folder) throws IOException {
        try (SegmentFolder made = SegmentFolder.open(root, Runnable::run)) {
            SegmentDraft draft = Segments.write(made, 0, 3).draft();
            try (SealedSegment segment = SealedSegment.open(draft.file())) {
                any = segment;
                ModelCheckingOptions options = Lincheck.options();
                options.check(folder);
            }
        }
    }

    @Test
    void nothingOfAViewIsDisposedOf() throws IOException {
        check(Folder.class);
    }

    @Test
    void aReaderThatHoldsNothingIsFound() {
        assertThatThrownBy(() -> check(ReadsWithoutHolding.class))
                .hasMessageContaining("Invalid execution results");
    }

    /** Two segments, of which the older one is replaced. */
    public static class Folder {

        private final ConcurrentMap<SegmentRef, Boolean> gone = new ConcurrentHashMap<>();
        volatile List<SegmentRef> current = List.of(fresh(), fresh());

        private SegmentRef fresh() {
            SealedSegment segment = any;
            if (segment == null) {
                throw new IllegalStateException("no segment");
            }
            ManifestEntry entry = new ManifestEntry(1, 0, 3, segment.summary());
            return new SegmentRef(entry, segment, ref -> gone.put(ref, true));
        }

        @Operation(nonParallelGroup = "changes")
        public void replace() {
            List<SegmentRef> former = current;
            current = List.of(former.getLast(), fresh());
            former.getFirst().release();
        }

        @Operation
        public boolean read() {
            SegmentView view = null;
            while (view == null) {
                view = SegmentView.of(1, current);
            }
            try (SegmentView held = view) {
                return allThere(held.segments());
            }
        }

        final boolean allThere(List<SegmentRef> segments) {
            for (SegmentRef segment : segments) {
                if (gone.containsKey(segment)) {
                    return false;
                }
            }
            return true;
        }
    }

    /** What it reads may be unmapped meanwhile. */
    public static class ReadsWithoutHolding extends Folder {
        @Override
        @Operation
        public boolean read() {
            return allThere(current);
        }
    }
}
