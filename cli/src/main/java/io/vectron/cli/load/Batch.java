package io.vectron.cli.load;

import io.vectron.common.limit.Limits;
import io.vectron.proto.v1.PointToWrite;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Points of one request. No id occurs twice, so that a point which is written again after a failure
 * cannot overtake another one of its id. Used by one thread at a time.
 */
final class Batch {
    /** Half of what a request may hold: the other half is for what goes around the points. */
    private static final int MOST_BYTES = Limits.REQUEST_BYTES / 2;

    private final int mostPoints;
    private final List<Entry> entries = new ArrayList<>();
    private final Set<String> ids = new HashSet<>();
    private long bytes;
    private long next;
    private boolean settled; // guarded by the importer

    /**
     * A point and its place.
     *
     * @param at lines or rows before it
     */
    record Entry(long at, PointToWrite point) {}

    Batch(int mostPoints) {
        this.mostPoints = mostPoints;
    }

    /** Whether the point can still be added. */
    boolean takes(PointToWrite point) {
        return entries.isEmpty()
                || (entries.size() < mostPoints
                        && bytes + point.getSerializedSize() <= MOST_BYTES
                        && !ids.contains(point.getId()));
    }

    void add(Entry entry) {
        entries.add(entry);
        ids.add(entry.point().getId());
        bytes += entry.point().getSerializedSize();
        next = entry.at() + 1;
    }

    /** What stands before this place and is in no earlier batch, is in this one or was refused. */
    void passTo(long place) {
        next = place;
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }

    List<Entry> entries() {
        return entries;
    }

    Set<String> ids() {
        return ids;
    }

    long next() {
        return next;
    }

    boolean settled() {
        return settled;
    }

    void settle() {
        settled = true;
    }
}
