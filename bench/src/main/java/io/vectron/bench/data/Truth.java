package io.vectron.bench.data;

import io.vectron.index.vector.Kernels;
import io.vectron.index.vector.Scorer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The exact nearest rows of each query, nearest first. Immutable. */
public final class Truth {
    /** Nearest rows kept a query. */
    public static final int DEPTH = 100;

    private static final String NAME = "groundtruth100";
    private static final int BLOCK_FLOATS = 1 << 16;

    private final int[][] nearest;

    private Truth(int[][] nearest) {
        this.nearest = nearest;
    }

    /**
     * The data set's own answers where there are such that fit; else those of an earlier run from
     * the cache; else computed by comparing every query with every row, on all cores.
     *
     * @param cache folder to keep computed answers in, or null
     * @throws DataException if the answers of folder or cache contradict the data
     */
    public static Truth of(Dataset data, @Nullable Path cache) throws IOException {
        if (data.answered() && Files.exists(data.folder().resolve(NAME + ".ibin"))) {
            return read(data, data.folder(), NAME);
        }
        if (cache == null) {
            return compute(data);
        }
        String name = "truth-" + data.fingerprint();
        if (!Files.exists(cache.resolve(name + ".ibin"))) {
            Truth truth = compute(data);
            truth.write(cache, name + ".ibin");
            return truth;
        }
        return read(data, cache, name);
    }

    private static Truth read(Dataset data, Path folder, String name) throws IOException {
        MappedRows file = MappedRows.open(folder, name, MappedRows.Type.IBIN);
        int depth = Math.min(DEPTH, data.rows());
        if (file.rows() != data.queries() || file.columns() < depth) {
            throw new DataException(
                    file.file(),
                    "has "
                            + file.rows()
                            + " x "
                            + file.columns()
                            + " answers; wanted for "
                            + data.queries()
                            + " queries are "
                            + depth
                            + " each");
        }
        int[][] nearest = new int[file.rows()][];
        for (int q = 0; q < nearest.length; q++) {
            nearest[q] = Arrays.copyOf(file.ints(q), depth);
            for (int row : nearest[q]) {
                if (row < 0 || row >= data.rows()) {
                    throw new DataException(
                            file.file(), "answers query " + q + " with row " + row + ": none");
                }
            }
        }
        return new Truth(nearest);
    }

    private void write(Path folder, String name) throws IOException {
        ByteBuffer bytes =
                ByteBuffer.allocate(8 + 4 * nearest.length * nearest[0].length)
                        .order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(nearest.length).putInt(nearest[0].length);
        for (int[] rows : nearest) {
            for (int row : rows) {
                bytes.putInt(row);
            }
        }
        Files.createDirectories(folder);
        Path written = Files.createTempFile(folder, name, ".new");
        Files.write(written, bytes.array());
        Files.move(written, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Compares every query with every row. */
    static Truth compute(Dataset data) {
        int threads = Math.min(Runtime.getRuntime().availableProcessors(), data.rows());
        float[][] queries =
                IntStream.range(0, data.queries())
                        .mapToObj(q -> Arrays.copyOf(data.query(q), padded(data)))
                        .toArray(float[][]::new);
        try (ExecutorService pool =
                Executors.newFixedThreadPool(
                        threads, Thread.ofPlatform().name("truth-", 0).factory())) {
            var parts =
                    IntStream.range(0, threads)
                            .mapToObj(i -> {
                                int from = (int) ((long) data.rows() * i / threads);
                                int to = (int) ((long) data.rows() * (i + 1) / threads);
                                return pool.submit(() -> nearest(data, queries, from, to));
                            })
                            .toList();
            Nearest[] all = result(parts.getFirst());
            for (Future<Nearest[]> part : parts.subList(1, parts.size())) {
                Nearest[] more = result(part);
                for (int q = 0; q < all.length; q++) {
                    all[q].addAll(more[q]);
                }
            }
            return new Truth(Arrays.stream(all).map(Nearest::rows).toArray(int[][]::new));
        }
    }

    private static int padded(Dataset data) {
        return Kernels.padded(data.dimension());
    }

    private static Nearest[] result(Future<Nearest[]> part) {
        try {
            return part.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("exact answers failed: " + e.getCause(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** Blocks of rows that stay in the cache while all queries are compared with them. */
    private static Nearest[] nearest(Dataset data, float[][] queries, int from, int to) {
        var scorer = new Scorer(data.metric());
        int stride = padded(data);
        int step = Math.max(1, BLOCK_FLOATS / stride);
        float[] block = new float[step * stride];
        Nearest[] found = new Nearest[queries.length];
        Arrays.setAll(found, q -> new Nearest(Math.min(DEPTH, data.rows())));
        for (int first = from; first < to; first += step) {
            int end = Math.min(first + step, to);
            for (int row = first; row < end; row++) {
                data.row(row, block, (row - first) * stride);
            }
            for (int q = 0; q < queries.length; q++) {
                for (int row = first; row < end; row++) {
                    float key = scorer.keyDistance(queries[q], block, (row - first) * stride);
                    found[q].add((long) Scorer.sortable(key) << 32 | row);
                }
            }
        }
        return found;
    }

    /** Number of queries. */
    public int queries() {
        return nearest.length;
    }

    /** The nearest {@code k} rows of a query, fewer if there are fewer rows. */
    public int[] nearest(int query, int k) {
        return Arrays.copyOf(nearest[query], Math.min(k, nearest[query].length));
    }

    /** The share of the {@code k} nearest rows that is among the {@code k} answers, all queries. */
    public double recall(int[][] answers, int k) {
        if (answers.length != nearest.length) {
            throw new IllegalArgumentException(
                    answers.length + " answers to " + nearest.length + " queries");
        }
        long found = 0;
        long wanted = 0;
        for (int q = 0; q < nearest.length; q++) {
            int[] exact = nearest(q, k);
            wanted += exact.length;
            int[] answer = answers[q];
            for (int row : exact) {
                for (int i = 0; i < Math.min(k, answer.length); i++) {
                    if (answer[i] == row) {
                        found++;
                        break;
                    }
                }
            }
        }
        return (double) found / wanted;
    }

    /** The smallest keys seen: sortable distance above, row below. */
    private static final class Nearest {
        private final long[] keys;
        private int size;

        Nearest(int capacity) {
            keys = new long[capacity];
        }

        void add(long key) {
            if (size == keys.length && key >= keys[size - 1]) {
                return;
            }
            int at = size < keys.length ? size++ : size - 1;
            while (at > 0 && keys[at - 1] > key) {
                keys[at] = keys[at - 1];
                at--;
            }
            keys[at] = key;
        }

        void addAll(Nearest other) {
            for (int i = 0; i < other.size; i++) {
                add(other.keys[i]);
            }
        }

        int[] rows() {
            return Arrays.stream(keys, 0, size).mapToInt(key -> (int) key).toArray();
        }
    }
}
