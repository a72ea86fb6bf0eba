package io.vectron.bench.data;

import io.vectron.bench.run.Vectors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Writes data sets of the layout that the bench reads. */
public final class DataFolder {
    private DataFolder() {}

    /** Clustered random rows, and queries that are none of them; no exact answers. */
    public static void synthetic(Path folder, int rows, int queries, int dimension)
            throws IOException {
        Vectors vectors = Vectors.synthetic(dimension, 50, 3);
        float[][] base = new float[rows][];
        float[][] query = new float[queries][];
        for (int i = 0; i < rows; i++) {
            base[i] = vectors.rows().row(i);
        }
        for (int i = 0; i < queries; i++) {
            query[i] = vectors.rows().row(rows + i);
        }
        halves(folder.resolve("base.f16bin"), base);
        halves(folder.resolve("query.f16bin"), query);
    }

    static void halves(Path file, float[][] rows) throws IOException {
        ByteBuffer bytes = buffer(rows.length, rows[0].length, 2);
        for (float[] row : rows) {
            for (float value : row) {
                bytes.putShort(Float.floatToFloat16(value));
            }
        }
        write(file, bytes);
    }

    static void bytes(Path file, int[][] rows) throws IOException {
        ByteBuffer bytes = buffer(rows.length, rows[0].length, 1);
        for (int[] row : rows) {
            for (int value : row) {
                bytes.put((byte) value);
            }
        }
        write(file, bytes);
    }

    static void ints(Path file, int[][] rows) throws IOException {
        ByteBuffer bytes = buffer(rows.length, rows[0].length, 4);
        for (int[] row : rows) {
            for (int value : row) {
                bytes.putInt(value);
            }
        }
        write(file, bytes);
    }

    private static ByteBuffer buffer(int rows, int columns, int width) {
        return ByteBuffer.allocate(8 + rows * columns * width)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(rows)
                .putInt(columns);
    }

    private static void write(Path file, ByteBuffer bytes) throws IOException {
        try (var channel =
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
            bytes.flip();
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        }
    }
}
