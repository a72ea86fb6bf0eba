package io.vectron.bench.run;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.SplittableRandom;

/**
 * Rows of vectors to load.
 *
 * @param name shown as the data set
 * @param dimension components a row
 */
public record Vectors(String name, int dimension, Rows rows) {

    /** Gives row i as a fresh {@code float[dimension]}; rows repeat when there are too few. */
    @FunctionalInterface
    public interface Rows {
        /** The row. */
        float[] row(int number);
    }

    /**
     * Random rows around random centres: close enough to real embeddings for a graph to have work.
     */
    public static Vectors synthetic(int dimension, int centres, long seed) {
        float[][] middle = new float[centres][];
        var random = new SplittableRandom(seed);
        for (int i = 0; i < centres; i++) {
            middle[i] = gaussian(random, dimension, 1f);
        }
        return new Vectors(
                "synthetic-" + dimension,
                dimension,
                number -> {
                    var own = new SplittableRandom(seed ^ (number * 0x9E3779B97F4A7C15L));
                    float[] row = gaussian(own, dimension, 0.6f);
                    float[] centre = middle[own.nextInt(centres)];
                    for (int i = 0; i < dimension; i++) {
                        row[i] += centre[i];
                    }
                    return row;
                });
    }

    private static float[] gaussian(SplittableRandom random, int dimension, float deviation) {
        float[] row = new float[dimension];
        for (int i = 0; i < dimension; i++) {
            row[i] = (float) (random.nextGaussian() * deviation);
        }
        return row;
    }

    /**
     * Rows of {@code base.f16bin} in a folder: two little-endian uint32 (rows, columns), then half
     * floats.
     *
     * @throws IOException if the file is missing or shorter than it says
     */
    public static Vectors fromFolder(Path folder) throws IOException {
        Path file = folder.resolve("base.f16bin");
        if (!Files.isRegularFile(file)) {
            throw new IOException("no base.f16bin in " + folder);
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer bytes =
                    channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size())
                            .order(ByteOrder.LITTLE_ENDIAN);
            int count = bytes.getInt(0);
            int dimension = bytes.getInt(4);
            if (bytes.capacity() != 8L + 2L * count * dimension) {
                throw new IOException(file + " is not " + count + " x " + dimension + " halves");
            }
            return new Vectors(
                    folder.getFileName().toString(),
                    dimension,
                    number -> {
                        float[] row = new float[dimension];
                        int at = 8 + 2 * dimension * (number % count);
                        for (int i = 0; i < dimension; i++) {
                            row[i] = Float.float16ToFloat(bytes.getShort(at + 2 * i));
                        }
                        return row;
                    });
        }
    }
}
