package io.vectron.standalone.simulation;

import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.Map;

/** Counts what happens and remembers the last of it, to tell how a run came to where it is. */
final class Journal {
    private static final int REMEMBERED = 80;

    private final Map<Happening, Integer> counts = new EnumMap<>(Happening.class);
    private final ArrayDeque<Line> lines = new ArrayDeque<>(REMEMBERED);

    private record Line(int step, long atMs, Happening kind, String who, String what) {
        @Override
        public String toString() {
            return "  step %5d %6d ms  %-8s %-20s %s".formatted(step, atMs, who, kind, what);
        }
    }

    /** Notes an event of a worker, of the job or of placement. */
    void note(int step, long atMs, Happening kind, String who, String what) {
        counts.merge(kind, 1, Integer::sum);
        if (lines.size() == REMEMBERED) {
            lines.removeFirst();
        }
        lines.addLast(new Line(step, atMs, kind, who, what));
    }

    /** How often each kind happened. */
    Map<Happening, Integer> counts() {
        return counts;
    }

    /** The last events, oldest first. */
    String story() {
        StringBuilder story = new StringBuilder("the last " + lines.size() + " events:");
        lines.forEach(line -> story.append('\n').append(line));
        return story.toString();
    }
}
