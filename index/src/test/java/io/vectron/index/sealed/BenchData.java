package io.vectron.index.sealed;

import io.vectron.index.Metric;
import io.vectron.index.vector.Kernels;
import io.vectron.index.vector.Scorer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A data set in the big-ann format: prepared, padded rows in one array, queries as they are, and
 * the true neighbours.
 */
final class BenchData {

    final Metric metric;
    final Scorer scorer;
    final int rows;
    final int dimension;
    final int stride;
    final float[] floats;
    final float[][] queries;
    final int[][] truth;

    BenchData(Path folder, Metric metric) throws IOException {
        this.metric = metric;
        this.scorer = new Scorer(metric);
        float[][] asked = read(folder, "query");
        this.dimension = asked[0].length;
        this.stride = Kernels.padded(dimension);
        this.queries = asked;
        this.truth = ints(folder.resolve("groundtruth100.ibin"));
        boolean halves = Files.exists(folder.resolve("base.f16bin"));
        ByteBuffer bytes = map(folder.resolve(halves ? "base.f16bin" : "base.u8bin"));
        this.rows = bytes.getInt();
        bytes.getInt();
        this.floats = new float[Math.multiplyExact(rows, stride)];
        float[] row = new float[dimension];
        for (int i = 0; i < rows; i++) {
            readRow(bytes, halves, row);
            scorer.prepare(row, floats, i * stride);
        }
    }

    private static float[][] read(Path folder, String name) throws IOException {
        boolean halves = Files.exists(folder.resolve(name + ".f16bin"));
        ByteBuffer bytes = map(folder.resolve(name + (halves ? ".f16bin" : ".u8bin")));
        float[][] rows = new float[bytes.getInt()][bytes.getInt()];
        for (float[] row : rows) {
            readRow(bytes, halves, row);
        }
        return rows;
    }

    private static void readRow(ByteBuffer from, boolean halves, float[] to) {
        for (int i = 0; i < to.length; i++) {
            to[i] = halves ? Float.float16ToFloat(from.getShort()) : from.get() & 255;
        }
    }

    private static int[][] ints(Path file) throws IOException {
        ByteBuffer bytes = map(file);
        int[][] rows = new int[bytes.getInt()][bytes.getInt()];
        for (int[] row : rows) {
            for (int i = 0; i < row.length; i++) {
                row[i] = bytes.getInt();
            }
        }
        return rows;
    }

    private static ByteBuffer map(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size())
                    .order(ByteOrder.LITTLE_ENDIAN);
        }
    }
}
