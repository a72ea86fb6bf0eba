package io.vectron.index;

import io.vectron.index.hot.HotSegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The segments of an index between two changes of their set, oldest rows first; the versions of
 * different segments do not overlap. The set is immutable, the segments are not. It is held by the
 * index while it is current and by every search that reads it; the last one lets go of the files.
 */
final class IndexView {

    private final List<SealedPart> sealed;
    private final List<HotSegment> frozen;
    private final HotSegment hot;
    private final List<HotSegment> memory;
    private final AtomicInteger holders = new AtomicInteger(1);

    /**
     * @param sealed segments in files
     * @param frozen full segments that wait to be sealed
     * @param hot takes new rows
     */
    IndexView(List<SealedPart> sealed, List<HotSegment> frozen, HotSegment hot) {
        this.sealed = List.copyOf(sealed);
        this.frozen = List.copyOf(frozen);
        this.hot = hot;
        List<HotSegment> all = new ArrayList<>(frozen);
        all.add(hot);
        this.memory = List.copyOf(all);
        this.sealed.forEach(SealedPart::retain);
    }

    /** Holds the view; false if nobody does any more, so that its files may be gone. */
    boolean acquire() {
        int now = holders.get();
        while (now > 0) {
            if (holders.compareAndSet(now, now + 1)) {
                return true;
            }
            now = holders.get();
        }
        return false;
    }

    void release() {
        if (holders.decrementAndGet() == 0) {
            sealed.forEach(SealedPart::release);
        }
    }

    List<SealedPart> sealed() {
        return sealed;
    }

    List<HotSegment> frozen() {
        return frozen;
    }

    HotSegment hot() {
        return hot;
    }

    /** The same with {@code fresh}, or nothing, in the place of some segments. */
    IndexView with(Maintenance.Inputs replaced, @Nullable SealedPart fresh) {
        List<SealedPart> parts = new ArrayList<>();
        for (SealedPart part : sealed) {
            if (!replaced.sealed().contains(part)) {
                parts.add(part);
            } else if (fresh != null && part == replaced.sealed().getFirst()) {
                parts.add(fresh);
            }
        }
        if (fresh != null && replaced.sealed().isEmpty()) {
            parts.add(fresh);
        }
        List<HotSegment> waiting = new ArrayList<>(frozen);
        waiting.removeAll(replaced.frozen());
        return new IndexView(parts, waiting, hot);
    }

    /** The segments in memory, oldest first. */
    List<HotSegment> memory() {
        return memory;
    }

    /** Marks the row of a version dead; false if no live row has it. */
    boolean markDead(long version, long at) {
        for (int i = memory.size() - 1; i >= 0; i--) {
            HotSegment segment = memory.get(i);
            if (version >= segment.from()) {
                int ordinal = segment.ordinalOf(version);
                return ordinal >= 0 && segment.markDead(ordinal, at);
            }
        }
        for (int i = sealed.size() - 1; i >= 0; i--) {
            SealedPart part = sealed.get(i);
            if (version >= part.from()) {
                int ordinal = part.segment().ordinalOf(version);
                return ordinal >= 0 && part.segment().deaths().mark(ordinal, at);
            }
        }
        return false;
    }

    long rows() {
        return memory.stream().mapToLong(HotSegment::rows).sum()
                + sealed.stream().mapToLong(SealedPart::rows).sum();
    }

    long deadRows() {
        return memory.stream().mapToLong(HotSegment::deadRows).sum()
                + sealed.stream().mapToLong(SealedPart::deadRows).sum();
    }

    int tailRows() {
        return memory.stream().mapToInt(HotSegment::tailRows).sum();
    }

    long slabBytes() {
        return memory.stream().mapToLong(HotSegment::bytes).sum();
    }

    long sealedBytes() {
        return sealed.stream().mapToLong(part -> part.segment().bytes()).sum();
    }
}
