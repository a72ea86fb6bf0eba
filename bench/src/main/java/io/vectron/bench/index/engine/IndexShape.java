package io.vectron.bench.index.engine;

import io.vectron.index.GraphSpec;
import io.vectron.index.IndexLimits;
import io.vectron.index.IndexSpec;
import io.vectron.index.Metric;
import io.vectron.index.SegmentLayout;
import io.vectron.index.merge.MergePolicy;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What of an index of ours is not as usual.
 *
 * @param hotRows rows of a hot segment; {@link #USUAL}: the usual bounds of rows and bytes
 * @param graph how graphs are built
 * @param layout of sealed segments
 * @param merges when sealed segments are merged
 * @param helpers threads that search segments beside the one that was asked
 */
public record IndexShape(
        int hotRows, GraphSpec graph, SegmentLayout layout, MergePolicy merges, int helpers) {

    /** No number of rows: hot segments as in a collection that says nothing of them. */
    public static final int USUAL = 0;

    /** As in a collection that says nothing. */
    public static final IndexShape DEFAULT =
            new IndexShape(USUAL, GraphSpec.DEFAULT, SegmentLayout.FUSED, MergePolicy.DEFAULT, 0);

    private static final long ANY_BYTES = 64L << 30;

    /** Refuses a negative number of rows. */
    public IndexShape {
        if (hotRows < 0 || helpers < 0) {
            throw new IllegalArgumentException(
                    "negative number: " + hotRows + " hot rows, " + helpers + " helpers");
        }
    }

    /** The same with hot segments of so many rows, whatever they take. */
    public IndexShape withHotRows(int rows) {
        return new IndexShape(rows, graph, layout, merges, helpers);
    }

    /** The same with another graph. */
    public IndexShape with(GraphSpec other) {
        return new IndexShape(hotRows, other, layout, merges, helpers);
    }

    /** The same with another layout. */
    public IndexShape with(SegmentLayout other) {
        return new IndexShape(hotRows, graph, other, merges, helpers);
    }

    /** The same with other merges. */
    public IndexShape with(MergePolicy other) {
        return new IndexShape(hotRows, graph, layout, other, helpers);
    }

    /** The same with other helpers. */
    public IndexShape withHelpers(int threads) {
        return new IndexShape(hotRows, graph, layout, merges, threads);
    }

    /** What there is to know of how it is built, by name: the key of what was built, too. */
    public Map<String, String> settings() {
        Map<String, String> settings = new TreeMap<>();
        settings.put("hot", "" + hotRows);
        settings.put("degree", "" + graph.degree());
        settings.put("beam", "" + graph.beamWidth());
        settings.put("alpha", "" + graph.alpha());
        settings.put("layout", layout.name().toLowerCase(Locale.ROOT));
        settings.put("fan", "" + merges.fanOut());
        settings.put("floor", "" + merges.floorRows());
        return settings;
    }

    /** How it is built, in one word. */
    String description() {
        return word(settings());
    }

    /** All of it in one word. */
    public String text() {
        return word(all());
    }

    private static String word(Map<String, String> settings) {
        return settings.entrySet().stream()
                .map(setting -> setting.getKey() + "=" + setting.getValue())
                .collect(Collectors.joining(","));
    }

    private Map<String, String> all() {
        Map<String, String> all = new TreeMap<>(settings());
        all.put("helpers", "" + helpers);
        return all;
    }

    /**
     * Reads {@link #text}; what is not said is as usual.
     *
     * @throws IllegalArgumentException if a setting is unknown or out of range
     */
    public static IndexShape of(String text) {
        Map<String, String> settings = new TreeMap<>(DEFAULT.all());
        for (String setting : text.isEmpty() ? new String[0] : text.split(",")) {
            String[] parts = setting.split("=", 2);
            if (parts.length < 2 || settings.replace(parts[0], parts[1]) == null) {
                throw new IllegalArgumentException(
                        "no setting '" + setting + "'; there are: " + settings.keySet());
            }
        }
        GraphSpec graph =
                new GraphSpec(
                        number(settings, "degree", Integer::valueOf),
                        number(settings, "beam", Integer::valueOf),
                        GraphSpec.DEFAULT.overflow(),
                        number(settings, "alpha", Float::valueOf));
        MergePolicy merges =
                new MergePolicy(
                        number(settings, "fan", Integer::valueOf),
                        number(settings, "floor", Integer::valueOf),
                        MergePolicy.DEFAULT.maxRows(),
                        MergePolicy.DEFAULT.deadShare());
        return new IndexShape(
                number(settings, "hot", Integer::valueOf),
                graph,
                layout(settings),
                merges,
                number(settings, "helpers", Integer::valueOf));
    }

    private static SegmentLayout layout(Map<String, String> settings) {
        String name = settings.getOrDefault("layout", "");
        return Arrays.stream(SegmentLayout.values())
                .filter(layout -> layout.name().toLowerCase(Locale.ROOT).equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no layout '" + name + "'"));
    }

    private static <T> T number(
            Map<String, String> settings, String name, Function<String, T> read) {
        String value = settings.getOrDefault(name, "");
        try {
            return read.apply(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(name + " is no number: '" + value + "'", e);
        }
    }

    /** The index of that shape. */
    IndexSpec spec(int dimension, Metric metric) {
        IndexLimits usual = IndexLimits.DEFAULT;
        IndexLimits limits =
                hotRows == USUAL
                        ? usual
                        : new IndexLimits(
                                hotRows,
                                ANY_BYTES,
                                usual.frozenSegments(),
                                usual.flatRows(),
                                usual.flatRowsPerEf(),
                                usual.flatTailRows());
        return new IndexSpec(dimension, metric, limits, graph, layout, merges);
    }
}
