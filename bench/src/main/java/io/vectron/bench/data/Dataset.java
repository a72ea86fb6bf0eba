package io.vectron.bench.data;

import io.vectron.index.Metric;
import io.vectron.index.vector.Scorer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Vectors to search and queries, from a folder with {@code base.f16bin} or {@code base.u8bin} and
 * {@code query} of the same kind. Rows are handed out prepared for the metric: normalised under
 * cosine. Safe for use by several threads.
 */
public final class Dataset {
    private final Path folder;
    private final Metric metric;
    private final boolean natural;
    private final Scorer scorer;
    private final MappedRows base;
    private final MappedRows query;
    private final int rows;

    private Dataset(Path folder, MappedRows base, MappedRows query, Metric metric, int rows) {
        this.folder = folder;
        this.base = base;
        this.query = query;
        this.metric = metric;
        this.natural = metric == naturalMetric(base);
        this.scorer = new Scorer(metric);
        this.rows = rows;
    }

    /**
     * Opens the folder.
     *
     * @param metric null: Euclidean for bytes, cosine for floats; the folder's exact answers are
     *     for that
     * @param mostRows take no more than this many rows, the first ones
     * @throws DataException if a file is missing or contradicts itself or another one
     */
    public static Dataset open(Path folder, @Nullable Metric metric, int mostRows)
            throws IOException {
        if (mostRows < 1) {
            throw new IllegalArgumentException("not a number of rows: " + mostRows);
        }
        MappedRows base =
                MappedRows.open(folder, "base", MappedRows.Type.F16BIN, MappedRows.Type.U8BIN);
        MappedRows query = MappedRows.open(folder, "query", base.type());
        if (query.columns() != base.columns()) {
            throw new DataException(
                    query.file(),
                    "has "
                            + query.columns()
                            + " columns, but "
                            + base.file().getFileName()
                            + " "
                            + base.columns());
        }
        return new Dataset(
                folder,
                base,
                query,
                Objects.requireNonNullElse(metric, naturalMetric(base)),
                Math.min(mostRows, base.rows()));
    }

    private static Metric naturalMetric(MappedRows base) {
        return base.type() == MappedRows.Type.U8BIN ? Metric.EUCLIDEAN : Metric.COSINE;
    }

    /** Name of the folder, and the number of rows if they are not all. */
    public String name() {
        String name = folder.toAbsolutePath().normalize().getFileName().toString();
        return rows == base.rows() ? name : name + "/" + rows;
    }

    /** Where it lies. */
    public Path folder() {
        return folder;
    }

    /** How nearness is measured. */
    public Metric metric() {
        return metric;
    }

    /** Whether the folder's own exact answers fit: all rows, the data's own metric. */
    boolean answered() {
        return natural && rows == base.rows();
    }

    /** Rows to search. */
    public int rows() {
        return rows;
    }

    /** Components a row. */
    public int dimension() {
        return base.columns();
    }

    /** Number of queries. */
    public int queries() {
        return query.rows();
    }

    /**
     * Writes a row, prepared for the metric, to {@code to[at..]}.
     *
     * @throws IllegalArgumentException if it cannot be searched: a value that is not finite, or
     *     all zeros under cosine
     */
    public void row(int number, float[] to, int at) {
        Objects.checkIndex(number, rows);
        read(base, number, to, at);
    }

    /** A row, prepared for the metric. */
    public float[] row(int number) {
        float[] row = new float[dimension()];
        row(number, row, 0);
        return row;
    }

    /** A query, prepared for the metric. */
    public float[] query(int number) {
        float[] row = new float[dimension()];
        read(query, number, row, 0);
        return row;
    }

    private void read(MappedRows from, int number, float[] to, int at) {
        float[] row = new float[dimension()];
        from.read(number, row, 0);
        try {
            scorer.prepare(row, to, at);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    from.file() + ", row " + number + ": " + e.getMessage(), e);
        }
    }

    /** Checksum of rows and queries, with the metric: what was derived from equal data is equal. */
    public String fingerprint() {
        var checksum = new CRC32C();
        base.addTo(checksum, rows);
        query.addTo(checksum, query.rows());
        return String.format(
                Locale.ROOT,
                "%08x-%d-%s",
                checksum.getValue(),
                rows,
                metric.name().toLowerCase(Locale.ROOT));
    }
}
