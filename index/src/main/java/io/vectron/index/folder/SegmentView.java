package io.vectron.index.folder;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The segments of one manifest, held until the view is closed: merges may replace them meanwhile,
 * but nothing of them goes away.
 */
public final class SegmentView implements AutoCloseable {

    private final long sequence;
    private final List<SegmentRef> segments;
    private final AtomicBoolean closed = new AtomicBoolean();

    private SegmentView(long sequence, List<SegmentRef> segments) {
        this.sequence = sequence;
        this.segments = segments;
    }

    /** A view of all of them, or null if one is gone already. */
    static @Nullable SegmentView of(long sequence, List<SegmentRef> segments) {
        List<SegmentRef> held = new ArrayList<>(segments.size());
        for (SegmentRef segment : segments) {
            if (!segment.acquire()) {
                held.forEach(SegmentRef::release);
                return null;
            }
            held.add(segment);
        }
        return new SegmentView(sequence, List.copyOf(held));
    }

    /** Sequence number of the manifest. */
    public long sequence() {
        return sequence;
    }

    /** In ascending order of their versions. Not to be used after {@link #close}. */
    public List<SegmentRef> segments() {
        return segments;
    }

    /** Lets go of the segments. A second call does nothing. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            segments.forEach(SegmentRef::release);
        }
    }
}
