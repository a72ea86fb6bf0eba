package io.vectron.standalone.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vectron.index.merge.Source;
import io.vectron.index.merge.Survivors;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Rows of an index in memory, by ascending versions; deaths are marked in them. */
final class Segment implements Source {
    private static final long ALIVE = Long.MAX_VALUE;

    private final long from;
    private final List<Row> rows = new ArrayList<>();
    private final List<Long> deaths = new ArrayList<>(); // by ordinal

    /** A row as it lies in a file; deaths are not part of it. */
    record Row(String id, Found found) {}

    /**
     * A file: rows with versions from {@code from} on and below {@code to}, those left out that
     * were dead.
     */
    record File(long from, long to, List<Row> rows) {
        File {
            rows = List.copyOf(rows);
        }

        /** What the survivors of a merge are written as. */
        static File of(long from, long to, Survivors survivors) {
            List<Row> rows = new ArrayList<>();
            float[] vector = new float[2];
            for (int row = 0; row < survivors.count(); row++) {
                survivors.read(row, vector);
                rows.add(
                        new Row(
                                new String(survivors.id(row), UTF_8),
                                new Found(survivors.version(row), vector[0], vector[1])));
            }
            return new File(from, to, rows);
        }

        File without(int ordinal) {
            List<Row> fewer = new ArrayList<>(rows);
            fewer.remove(ordinal);
            return new File(from, to, fewer);
        }
    }

    /** An empty one. */
    Segment(long from) {
        this.from = from;
    }

    /** A file, opened. */
    Segment(File file) {
        this(file.from());
        file.rows().forEach(this::append);
    }

    /** No row has a lower version. */
    long from() {
        return from;
    }

    void append(Row row) {
        rows.add(row);
        deaths.add(ALIVE);
    }

    /** Marks the live row of a version dead; false if there is none. */
    boolean markDead(long version, long at) {
        int ordinal = find(version);
        if (ordinal < 0 || deaths.get(ordinal) != ALIVE) {
            return false;
        }
        deaths.set(ordinal, at);
        return true;
    }

    private int find(long version) {
        int low = 0;
        int high = rows.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            long its = version(middle);
            if (its == version) {
                return middle;
            }
            if (its < version) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return -1;
    }

    /** Adds what is alive at a position; an id that is there already is told apart. */
    void find(long position, Map<String, Found> found) {
        for (int row = 0; row < rows.size(); row++) {
            if (version(row) < position && position <= deaths.get(row)) {
                Row alive = rows.get(row);
                if (found.put(alive.id(), alive.found()) != null) {
                    found.put(alive.id() + " once more", alive.found());
                }
            }
        }
    }

    /** Rows that are not dead. */
    int live() {
        int live = 0;
        for (long at : deaths) {
            live += at == ALIVE ? 1 : 0;
        }
        return live;
    }

    /** Rows that no search at the position or later sees. */
    int dead(long position) {
        int dead = 0;
        for (long at : deaths) {
            dead += at < position ? 1 : 0;
        }
        return dead;
    }

    @Override
    public int rows() {
        return rows.size();
    }

    @Override
    public long version(int ordinal) {
        return rows.get(ordinal).found().version();
    }

    @Override
    public byte[] id(int ordinal) {
        return rows.get(ordinal).id().getBytes(UTF_8);
    }

    @Override
    public long dead(int ordinal) {
        return deaths.get(ordinal);
    }

    @Override
    public void read(int ordinal, float[] to) {
        Found found = rows.get(ordinal).found();
        to[0] = found.x();
        to[1] = found.y();
    }

    /** Searches look at each row. */
    @Override
    public boolean hasGraph() {
        return false;
    }

    @Override
    public int neighbours(int ordinal, int[] to) {
        return 0;
    }
}
