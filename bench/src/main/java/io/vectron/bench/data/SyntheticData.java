package io.vectron.bench.data;

import io.vectron.bench.run.Vectors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Writes made-up rows in the layout that {@link Dataset} reads, however many. */
public final class SyntheticData {
    private static final int BUFFER_BYTES = 1 << 20;

    private SyntheticData() {}

    /**
     * Writes {@code base.f16bin} and {@code query.f16bin}; the queries are rows behind the last.
     *
     * @param folder has neither of the two
     */
    public static void write(Path folder, Vectors vectors, int rows, int queries)
            throws IOException {
        halves(folder.resolve("base.f16bin"), vectors, 0, rows);
        halves(folder.resolve("query.f16bin"), vectors, rows, queries);
    }

    private static void halves(Path file, Vectors vectors, int from, int count) throws IOException {
        int rowBytes = Short.BYTES * vectors.dimension();
        ByteBuffer bytes =
                ByteBuffer.allocate(Math.max(BUFFER_BYTES, 2 * rowBytes))
                        .order(ByteOrder.LITTLE_ENDIAN);
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            bytes.putInt(count).putInt(vectors.dimension());
            for (int row = from; row < from + count; row++) {
                if (bytes.remaining() < rowBytes) {
                    drain(bytes, channel);
                }
                for (float value : vectors.rows().row(row)) {
                    bytes.putShort(Float.floatToFloat16(value));
                }
            }
            drain(bytes, channel);
        }
    }

    private static void drain(ByteBuffer bytes, FileChannel channel) throws IOException {
        bytes.flip();
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
        bytes.clear();
    }
}
