package io.vectron.index;

import io.vectron.index.sealed.BlockGuard;
import io.vectron.index.sealed.CorruptSegmentException;
import io.vectron.index.sealed.Pace;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads sealed segments from end to end after they were opened, a piece at a time when there is
 * nothing else to do: first what walks read, then the floats. So pages are in memory before a
 * search needs them, every block has been compared with its checksum, and searches need not ask any
 * more.
 */
final class Warmup {

    private static final Logger LOG = LoggerFactory.getLogger(Warmup.class);
    private static final long SLICE_BYTES = 2L << 20;

    private final String name;
    private final IndexOwner owner;
    private final Set<Long> corrupt = new HashSet<>(); // pool only
    private long segment = -1; // that is being read; pool only
    private long done; // bytes of it, pool only

    Warmup(String name, IndexOwner owner) {
        this.name = name;
        this.owner = owner;
    }

    /** Reads all that views have, one segment after the other, each held only while it is read. */
    static void scrub(Supplier<IndexView> views, Pace pace) throws InterruptedException {
        Set<Long> done = new HashSet<>();
        boolean more = true;
        while (more) {
            IndexView view = views.get();
            if (view.acquire()) {
                try {
                    more = scrubNext(view, done, pace);
                } finally {
                    view.release();
                }
            }
        }
    }

    private static boolean scrubNext(IndexView view, Set<Long> done, Pace pace)
            throws InterruptedException {
        for (SealedPart part : view.sealed()) {
            if (done.add(part.id())) {
                part.segment().scrub(pace);
                return true;
            }
        }
        return false;
    }

    /** Reads another piece; false if nothing is left. */
    boolean step(IndexView view) {
        if (!view.acquire()) {
            return true;
        }
        try {
            return readOn(view);
        } finally {
            view.release();
        }
    }

    private boolean readOn(IndexView view) {
        for (SealedPart part : view.sealed()) {
            boolean cold =
                    !part.segment().recordGuard().complete()
                            || !part.segment().floatGuard().complete();
            if (cold && !corrupt.contains(part.id())) {
                read(part);
                return true;
            }
        }
        return false;
    }

    private void read(SealedPart part) {
        if (segment != part.id()) {
            segment = part.id();
            done = 0;
        }
        long records = part.segment().records().byteSize();
        long floats = part.segment().floats().byteSize();
        try {
            if (done < records) {
                touch(part.segment().recordGuard(), done, records);
            } else {
                touch(part.segment().floatGuard(), done - records, floats);
            }
            done += SLICE_BYTES;
            if (done >= records && done - SLICE_BYTES < records) {
                done = records;
            }
        } catch (CorruptSegmentException e) {
            corrupt.add(part.id());
            LOG.error("index {}: a segment is damaged and answers no more", name, e);
            owner.damaged(e);
        }
    }

    private static void touch(BlockGuard guard, long from, long size) {
        if (from < size) {
            guard.touch(from, Math.min(SLICE_BYTES, size - from));
        }
    }
}
