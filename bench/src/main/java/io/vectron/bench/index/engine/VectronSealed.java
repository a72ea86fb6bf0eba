package io.vectron.bench.index.engine;

import io.vectron.bench.data.Dataset;
import io.vectron.index.SegmentLayout;
import io.vectron.index.code.RecordLayout;
import io.vectron.index.sealed.Records;
import io.vectron.index.sealed.SealedSegment;
import io.vectron.index.sealed.SegmentFormat;
import io.vectron.index.sealed.Walk;
import io.vectron.index.vector.Kernels;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One sealed segment of ours, mapped from its file: an index that seals all rows at once builds it,
 * and the walk alone searches it.
 */
final class VectronSealed implements Engine {
    private final Dataset data;
    private final SegmentLayout kind;
    private final RecordLayout layout;
    private @Nullable SealedSegment segment;

    private VectronSealed(Dataset data, SegmentLayout kind) {
        this.data = data;
        this.kind = kind;
        this.layout = new RecordLayout(data.dimension(), kind == SegmentLayout.FUSED);
    }

    static VectronSealed fused(Dataset data) {
        return new VectronSealed(data, SegmentLayout.FUSED);
    }

    static VectronSealed compact(Dataset data) {
        return new VectronSealed(data, SegmentLayout.COMPACT);
    }

    /** The graph's, and the version of the file's format. */
    static Map<String, String> settings(SegmentLayout kind) {
        Map<String, String> settings = new TreeMap<>(IndexShape.DEFAULT.with(kind).settings());
        settings.keySet().removeAll(Set.of("hot", "fan", "floor")); // one segment has none
        settings.put("format", "" + SegmentFormat.VERSION);
        return Map.copyOf(settings);
    }

    @Override
    public String description() {
        return "a sealed segment, "
                + (layout.fused() ? "fused" : "compact")
                + " records of "
                + layout.stride()
                + " bytes, mapped, re-ranked by floats";
    }

    /** One index is built by one thread. */
    @Override
    public void build(int threads, Path folder, IntConsumer progress)
            throws IOException, InterruptedException {
        IndexShape shape = IndexShape.DEFAULT.with(kind).withHotRows(data.rows());
        try (VectronIndex whole = new VectronIndex(data, shape)) {
            whole.build(threads, folder, progress);
        }
        open(folder);
    }

    @Override
    public void open(Path folder) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.vsg")) {
            Iterator<Path> each = files.iterator();
            Path only = each.next();
            if (each.hasNext()) {
                throw new IOException("several segments in " + folder);
            }
            segment = SealedSegment.open(only);
        }
    }

    @Override
    public Search search() {
        Records records = Records.of(Objects.requireNonNull(segment, "not open"));
        Walk walk = Walk.of(layout);
        int padded = Kernels.padded(data.dimension());
        return (query, k, ef, answer) -> {
            float[] whole = Arrays.copyOf(query, padded);
            int found = walk.search(records, whole, k, Math.max(ef, k), data.rows());
            int count = Math.min(found, k);
            for (int i = 0; i < count; i++) {
                answer[i] = (int) walk.found()[i];
            }
            return count;
        };
    }

    @Override
    public long bytes() {
        return Objects.requireNonNull(segment, "not open").bytes();
    }

    @Override
    public void close() throws IOException {
        if (segment != null) {
            segment.close();
        }
    }
}
