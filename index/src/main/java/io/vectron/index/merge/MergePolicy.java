package io.vectron.index.merge;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which sealed segments are rewritten next. Pure.
 *
 * <p>Size-tiered: a segment's tier is the power of {@code fanOut} that its live rows reach, counted
 * from {@code floorRows}. When {@code fanOut} of the newest segments are of one tier, they become
 * one of the next, and smaller ones among them go along; so a row is written about once a tier, and
 * an index has less than {@code fanOut} segments a tier. Only neighbours in age are merged, so that
 * the versions of different segments never overlap and a version leads to its row by two binary
 * searches.
 *
 * @param fanOut segments of a tier that become one, at least 2
 * @param floorRows segments with fewer rows count as of this size
 * @param maxRows a merge never makes a larger segment
 * @param deadShare a segment with a larger share of dead rows is rewritten by itself
 */
public record MergePolicy(int fanOut, int floorRows, int maxRows, double deadShare) {

    /** Five of a kind, from 16k rows on, up to 16M rows; a quarter dead. */
    public static final MergePolicy DEFAULT = new MergePolicy(5, 1 << 14, 1 << 24, 0.25);

    /** Refuses what could never end. */
    public MergePolicy {
        if (fanOut < 2 || fanOut > 64) {
            throw new IllegalArgumentException("fanOut must be 2..64, not " + fanOut);
        }
        if (floorRows < 1 || maxRows < floorRows) {
            throw new IllegalArgumentException(
                    "1 <= floorRows <= maxRows, not " + floorRows + ", " + maxRows);
        }
        if (!(deadShare > 0 && deadShare <= 1)) {
            throw new IllegalArgumentException("deadShare must be in (0, 1], not " + deadShare);
        }
    }

    /**
     * A segment as the policy sees it.
     *
     * @param rows rows in the file
     * @param dead those of them that no new search can see
     */
    public record Size(int rows, int dead) {
        /** Refuses more dead rows than rows. */
        public Size {
            if (rows < 0 || dead < 0 || dead > rows) {
                throw new IllegalArgumentException(dead + " dead of " + rows + " rows");
            }
        }

        int live() {
            return rows - dead;
        }
    }

    /**
     * Segments to be rewritten as one.
     *
     * @param from the first, counted from the oldest
     * @param to behind the last
     */
    public record Range(int from, int to) {
        /** Refuses an empty range. */
        public Range {
            if (from < 0 || to <= from) {
                throw new IllegalArgumentException("empty range: " + from + ".." + to);
            }
        }
    }

    /** What to rewrite next, or null while all is well; {@code sizes} oldest first. */
    public @Nullable Range choose(List<Size> sizes) {
        Range merge = newestOfATier(sizes);
        return merge != null ? merge : mostlyDead(sizes);
    }

    private @Nullable Range newestOfATier(List<Size> sizes) {
        int highest = sizes.stream().mapToInt(size -> tier(size.live())).max().orElse(0);
        for (int tier = 0; tier <= highest; tier++) {
            int from = sizes.size();
            int ofTier = 0;
            long rows = 0;
            while (from > 0) {
                int live = sizes.get(from - 1).live();
                int its = tier(live);
                rows += live;
                if (its > tier || rows > maxRows) {
                    break;
                }
                from--;
                ofTier += its == tier ? 1 : 0;
            }
            if (ofTier >= fanOut) {
                return new Range(from, sizes.size());
            }
        }
        return null;
    }

    private @Nullable Range mostlyDead(List<Size> sizes) {
        for (int i = 0; i < sizes.size(); i++) {
            Size size = sizes.get(i);
            if (size.dead() > 0 && size.dead() > deadShare * size.rows()) {
                return new Range(i, i + 1);
            }
        }
        return null;
    }

    private int tier(int rows) {
        int tier = 0;
        for (long bound = (long) floorRows * fanOut; rows >= bound; bound *= fanOut) {
            tier++;
        }
        return tier;
    }
}
