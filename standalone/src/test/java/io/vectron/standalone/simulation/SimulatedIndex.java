package io.vectron.standalone.simulation;

import io.vectron.worker.shard.PointIndex;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a replica as searches see them: segments in files, whose list survives a crash, and
 * segments in memory, which come back from the store. It is searched exactly.
 */
final class SimulatedIndex implements PointIndex {
    private static final int CAPACITY = 8;

    private final Watcher watcher;
    private final IndexFolder folder;
    private final Bug bug;
    private final List<Segment.File> files; // those of the sealed segments
    private final List<Segment> sealed = new ArrayList<>();
    private final List<Segment> frozen = new ArrayList<>();
    private Segment hot;
    private long highest;
    private long position;

    /** The files of an index that count; changed as a whole, as by the rename of a manifest. */
    static final class IndexFolder {
        private List<Segment.File> files = List.of();

        List<Segment.File> files() {
            return files;
        }

        void publish(List<Segment.File> next) {
            files = List.copyOf(next);
        }
    }

    /** Hears of each published position. */
    interface Watcher {
        void published(long position, Map<String, Found> visible);
    }

    SimulatedIndex(IndexFolder folder, Bug bug, Watcher watcher) {
        this.watcher = watcher;
        this.folder = folder;
        this.bug = bug;
        this.files = new ArrayList<>(folder.files());
        files.forEach(file -> sealed.add(new Segment(file)));
        this.highest = restoreFrom() - 1;
        this.hot = new Segment(restoreFrom());
    }

    @Override
    public long restoreFrom() {
        return files.isEmpty() ? 0 : files.getLast().to();
    }

    @Override
    public void restoreDeath(long version, long offset) {
        if (version < restoreFrom()) {
            mark(version, offset);
        }
    }

    @Override
    public void restore(String id, long version, float[] vector) {
        append(id, version, vector);
    }

    @Override
    public void upsert(String id, long version, float[] vector, long superseded) {
        if (bug == Bug.EARLY_WATERMARK) {
            publish(version + 1);
        }
        append(id, version, vector);
        if (superseded != NONE) {
            delete(superseded, version);
        }
    }

    private void append(String id, long version, float[] vector) {
        if (hot.rows() == CAPACITY) {
            cut();
        }
        if (version <= highest) {
            throw new IllegalArgumentException(version + " is not above " + highest);
        }
        hot.append(new Segment.Row(id, new Found(version, vector[0], vector[1])));
        highest = version;
    }

    @Override
    public void delete(long superseded, long offset) {
        if (!mark(superseded, offset)) {
            throw new IllegalStateException("there is no live row of version " + superseded);
        }
    }

    private boolean mark(long version, long at) {
        for (int i = frozen.size(); i >= 0; i--) {
            Segment segment = i == frozen.size() ? hot : frozen.get(i);
            if (version >= segment.from()) {
                return segment.markDead(version, at);
            }
        }
        for (Segment segment : sealed.reversed()) {
            if (version >= segment.from()) {
                return segment.markDead(version, at);
            }
        }
        return false;
    }

    @Override
    public void publish(long newPosition) {
        if (newPosition < position) {
            throw new IllegalArgumentException(newPosition + " is below " + position);
        }
        position = newPosition;
        watcher.published(position, search());
    }

    @Override
    public void cut() {
        if (hot.rows() > 0) {
            frozen.add(hot);
            hot = new Segment(highest + 1);
        }
    }

    /** Everything that is alive at the published position. */
    Map<String, Found> search() {
        Map<String, Found> found = new TreeMap<>();
        sealed.forEach(segment -> segment.find(position, found));
        frozen.forEach(segment -> segment.find(position, found));
        hot.find(position, found);
        return found;
    }

    long position() {
        return position;
    }

    /** Whether the segment in memory is large enough to be cut. */
    boolean wantsCut() {
        return hot.rows() >= CAPACITY / 2;
    }

    /** Rows that are not dead. */
    int live() {
        int live = hot.live();
        for (Segment segment : frozen) {
            live += segment.live();
        }
        for (Segment segment : sealed) {
            live += segment.live();
        }
        return live;
    }

    // ---- what background work sees and changes ----

    IndexFolder folder() {
        return folder;
    }

    List<Segment> sealed() {
        return sealed;
    }

    List<Segment.File> files() {
        return files;
    }

    /** The oldest segment that waits to be sealed, and where the next one begins; else null. */
    @Nullable Segment oldestFrozen() {
        return frozen.isEmpty() ? null : frozen.getFirst();
    }

    /** Versions of the oldest frozen segment are below it. */
    long oldestFrozenTo() {
        return (frozen.size() > 1 ? frozen.get(1) : hot).from();
    }

    /** The oldest frozen segment is in a file, or had no row left. */
    void sealedOldest(@Nullable Segment fresh, List<Segment.File> now) {
        frozen.removeFirst();
        if (fresh != null) {
            sealed.add(fresh);
        }
        files.clear();
        files.addAll(now);
    }

    /** Neighbours became one, or nothing. */
    void merged(int from, int to, @Nullable Segment fresh, List<Segment.File> now) {
        sealed.subList(from, to).clear();
        if (fresh != null) {
            sealed.add(from, fresh);
        }
        files.clear();
        files.addAll(now);
    }
}
