package io.vectron.bench.index.engine;

import io.vectron.bench.data.Dataset;
import io.vectron.index.SegmentLayout;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The engines there are, by name. */
public enum Engines {
    /** Our index as a whole: hot rows, sealed segments, merges. */
    VECTRON("vectron"),

    /** A sealed segment of ours with its neighbours' codes in each record. */
    VECTRON_FUSED("vectron-fused"),

    /** A sealed segment of ours with its own code in each record. */
    VECTRON_COMPACT("vectron-compact"),

    /** A segment of ours in memory, of rows that are not sealed yet. */
    VECTRON_HOT("vectron-hot"),

    /** Lucene's graph over floats, one segment. */
    LUCENE("lucene"),

    /** Lucene's graph over codes of 8 bits, one segment; more than wanted re-ranked by floats. */
    LUCENE_INT8("lucene-int8"),

    /** JVector's graph on disk with fused product codes, re-ranked by floats. */
    JVECTOR("jvector"),

    /** JVector's graph and searcher over vectors in one array. */
    JVECTOR_SLAB("jvector-slab");

    /** hnswlib: the child that runs it is a Python program. */
    public static final String HNSWLIB = "hnswlib";

    private final String label;

    Engines(String label) {
        this.label = label;
    }

    /** Name on the command line and in results. */
    public String label() {
        return label;
    }

    /**
     * The engine over a data set, neither built nor opened.
     *
     * @param shape of the index as a whole; the others have none
     * @throws IllegalArgumentException if it cannot search such data; the message says why
     */
    public Engine over(Dataset data, IndexShape shape) {
        return switch (this) {
            case VECTRON -> new VectronIndex(data, shape);
            case VECTRON_FUSED -> VectronSealed.fused(data);
            case VECTRON_COMPACT -> VectronSealed.compact(data);
            case VECTRON_HOT -> new VectronHot(data);
            case LUCENE -> LuceneEngine.floats(data);
            case LUCENE_INT8 -> LuceneEngine.bytes(data);
            case JVECTOR -> new JVectorFused(data);
            case JVECTOR_SLAB -> new JVectorSlab(data);
        };
    }

    /** How it builds rows of a dimension, in the terms of its library. */
    public Map<String, String> settings(int dimension) {
        return switch (this) {
            case VECTRON -> IndexShape.DEFAULT.settings();
            case VECTRON_HOT -> VectronHot.settings();
            case VECTRON_FUSED -> VectronSealed.settings(SegmentLayout.FUSED);
            case VECTRON_COMPACT -> VectronSealed.settings(SegmentLayout.COMPACT);
            case LUCENE, LUCENE_INT8 -> LuceneEngine.SETTINGS;
            case JVECTOR -> JVectorFused.settings(dimension);
            case JVECTOR_SLAB -> JVectorGraph.LAYERED.settings();
        };
    }

    /** Whether a build can be opened again. */
    public boolean durable() {
        return switch (this) {
            case VECTRON_HOT -> false;
            case VECTRON,
                    VECTRON_FUSED,
                    VECTRON_COMPACT,
                    LUCENE,
                    LUCENE_INT8,
                    JVECTOR,
                    JVECTOR_SLAB ->
                    true;
        };
    }

    /** Whether it is an {@link Engine.Updatable}. */
    public boolean updatable() {
        return switch (this) {
            case VECTRON -> true;
            case VECTRON_FUSED,
                    VECTRON_COMPACT,
                    VECTRON_HOT,
                    LUCENE,
                    LUCENE_INT8,
                    JVECTOR,
                    JVECTOR_SLAB ->
                    false;
        };
    }

    /** Names of all engines, hnswlib last. */
    public static List<String> names() {
        return Stream.concat(Stream.of(values()).map(Engines::label), Stream.of(HNSWLIB)).toList();
    }

    /**
     * The engine of this name.
     *
     * @throws IllegalArgumentException if it is none that runs in a JVM
     */
    public static Engines named(String label) {
        return Stream.of(values())
                .filter(engine -> engine.label.equals(label))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no engine '" + label + "'"));
    }
}
