package io.vectron.index.sealed;

import io.vectron.index.Metric;
import io.vectron.index.code.RecordLayout;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.Random;

/** Files that code of the format before wrote. */
final class Golden {

    private Golden() {}

    /** The file's bytes. */
    static byte[] format2() throws IOException {
        return bytes("format-2.vsg");
    }

    /** A fused file that an index has sealed: {@link #points}. */
    static byte[] searchable2() throws IOException {
        return bytes("format-2-fused.vsg");
    }

    private static byte[] bytes(String name) throws IOException {
        try (InputStream file = Golden.class.getResourceAsStream(name)) {
            return Objects.requireNonNull(file, name).readAllBytes();
        }
    }

    /** The rows that were sealed, {@code float[40][8]}. */
    static float[][] points() {
        Random random = new Random(2);
        float[][] points = new float[40][8];
        for (float[] point : points) {
            for (int i = 0; i < point.length; i++) {
                point[i] = random.nextInt(1_000) / 100f;
            }
        }
        return points;
    }

    /** What it was written from. */
    static SegmentSource source() {
        return new RandomSource(9, 5, new RecordLayout(2, false), Metric.EUCLIDEAN);
    }
}
