package io.vectron.index.code;

import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.MAX;
import static jdk.incubator.vector.VectorOperators.MIN;
import static jdk.incubator.vector.VectorOperators.XOR;

import io.vectron.index.vector.Kernels;
import io.vectron.index.vector.Scorer;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.SplittableRandom;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Product codes of directions: each stretch of 8 dimensions by the nearest of 16 centroids, 4 bits
 * (Jégou et al., Product Quantization for Nearest Neighbor Search). What is coded are the
 * directions from rows to their neighbours in the graph, in units of the {@link Quantizer}.
 * Immutable; the same rows, lists and seed give the same centroids.
 */
public final class ProductQuantizer {

    /** Centroids a subspace. */
    static final int CENTROIDS = 16;

    private static final int WIDTH = RecordLayout.SUBSPACE;
    private static final int MOST_SAMPLES = 8_192;
    private static final int MOST_SAMPLED_FLOATS = 1 << 22;
    private static final int ROUNDS = 12;
    private static final VectorSpecies<Float> SPECIES = FloatShapes.SPECIES;
    private static final int LANES = SPECIES.length();
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final int subspaces;
    private final float[] centroids; // [(subspace * 8 + dimension) * 16 + centroid]
    private final float[] halfSquares; // [subspace * 16 + centroid]

    private ProductQuantizer(int subspaces, float[] centroids) {
        this.subspaces = subspaces;
        this.centroids = centroids;
        this.halfSquares = new float[subspaces * CENTROIDS];
        for (int m = 0; m < subspaces; m++) {
            square(m);
        }
    }

    private void square(int m) {
        for (int c = 0; c < CENTROIDS; c++) {
            float squares = 0;
            for (int j = 0; j < WIDTH; j++) {
                float value = centroids[(m * WIDTH + j) * CENTROIDS + c];
                squares += value * value;
            }
            halfSquares[m * CENTROIDS + c] = squares / 2;
        }
    }

    /** Learns centroids from the directions of up to 8,192 links of the graph. */
    public static ProductQuantizer train(
            Quantizer quantizer, Rows rows, NeighbourLists lists, long seed) {
        int size = quantizer.codeBytes();
        int subspaces = size / WIDTH;
        SplittableRandom random = new SplittableRandom(seed);
        float[][] samples = samples(quantizer, rows, lists, random);
        ProductQuantizer learning = new ProductQuantizer(subspaces, new float[size * CENTROIDS]);
        if (samples.length == 0) {
            return learning;
        }
        for (int m = 0; m < subspaces; m++) {
            learning.learn(m, samples, random);
        }
        return learning;
    }

    private static float[][] samples(
            Quantizer quantizer, Rows rows, NeighbourLists lists, SplittableRandom random) {
        int size = quantizer.codeBytes();
        float[] row = new float[Kernels.padded(quantizer.dimension())];
        float[] from = new float[size];
        float[] other = new float[size];
        int[] neighbours = new int[RecordLayout.DEGREE];
        float[][] samples = new float[Math.clamp(MOST_SAMPLED_FLOATS / size, 1, MOST_SAMPLES)][];
        int count = 0;
        for (int i = 0; i < samples.length; i++) {
            int start = random.nextInt(rows.count());
            int degree = lists.read(start, neighbours);
            if (degree == 0) {
                continue;
            }
            rows.read(start, row);
            quantizer.scale(row, from);
            rows.read(neighbours[random.nextInt(degree)], row);
            float[] direction = new float[size];
            quantizer.scale(row, other);
            Directions.between(from, other, direction, 0);
            samples[count++] = direction;
        }
        return Arrays.copyOf(samples, count);
    }

    /** Lloyd's algorithm in one subspace, starting from sampled directions. */
    private void learn(int m, float[][] samples, SplittableRandom random) {
        for (int c = 0; c < CENTROIDS; c++) {
            float[] sample = samples[random.nextInt(samples.length)];
            for (int j = 0; j < WIDTH; j++) {
                centroids[(m * WIDTH + j) * CENTROIDS + c] = sample[m * WIDTH + j];
            }
        }
        float[] scratch = new float[CENTROIDS];
        for (int round = 0; round < ROUNDS; round++) {
            square(m);
            float[] sums = new float[CENTROIDS * WIDTH];
            int[] counts = new int[CENTROIDS];
            for (float[] sample : samples) {
                int c = nearest(sample, m, scratch);
                counts[c]++;
                for (int j = 0; j < WIDTH; j++) {
                    sums[c * WIDTH + j] += sample[m * WIDTH + j];
                }
            }
            for (int c = 0; c < CENTROIDS; c++) {
                for (int j = 0; j < WIDTH && counts[c] > 0; j++) {
                    centroids[(m * WIDTH + j) * CENTROIDS + c] = sums[c * WIDTH + j] / counts[c];
                }
            }
        }
        square(m);
    }

    /** The centroid of subspace {@code m} nearest to the vector's part there. */
    int nearest(float[] vector, int m, float[] scratch) {
        int at = m * WIDTH;
        if (LANES == CENTROIDS) {
            FloatVector distance = FloatVector.fromArray(SPECIES, halfSquares, m * CENTROIDS);
            for (int j = 0; j < WIDTH; j++) {
                FloatVector line = FloatVector.fromArray(SPECIES, centroids, (at + j) * CENTROIDS);
                distance = line.fma(FloatVector.broadcast(SPECIES, -vector[at + j]), distance);
            }
            return distance.eq(distance.reduceLanes(MIN)).firstTrue() & (CENTROIDS - 1);
        }
        System.arraycopy(halfSquares, m * CENTROIDS, scratch, 0, CENTROIDS);
        for (int j = 0; j < WIDTH; j++) {
            float value = vector[at + j];
            int line = (at + j) * CENTROIDS;
            for (int c = 0; c < CENTROIDS; c++) {
                scratch[c] -= value * centroids[line + c];
            }
        }
        int nearest = 0;
        for (int c = 1; c < CENTROIDS; c++) {
            nearest = scratch[c] < scratch[nearest] ? c : nearest;
        }
        return nearest;
    }

    int subspaces() {
        return subspaces;
    }

    /** {@code [(subspace * 8 + dimension) * 16 + centroid]}, for kernels; not to be changed. */
    float[] centroids() {
        return centroids;
    }

    /** {@code [subspace * 16 + centroid]}, for kernels; not to be changed. */
    float[] halfSquares() {
        return halfSquares;
    }

    /** Dot products of a vector's parts with the centroids of their subspaces, in that order. */
    void dots(float[] vector, float[] to) {
        for (int m = 0; m < subspaces; m++) {
            for (int c = 0; c < CENTROIDS; c += LANES) {
                dot(vector, m, c).intoArray(to, m * CENTROIDS + c);
            }
        }
    }

    /** Fills {@code to} for a query of {@link Quantizer#encodeQuery}, before rounding. */
    public void lookup(float[] scaled, ProductLookup to) {
        float shift = 0;
        FloatVector most = FloatVector.zero(SPECIES);
        float[] scores = to.scores;
        for (int m = 0; m < subspaces; m++) {
            int at = m * CENTROIDS;
            float least = score(scaled, m, scores);
            shift += least;
            for (int c = 0; c < CENTROIDS; c += LANES) {
                FloatVector part = FloatVector.fromArray(SPECIES, scores, at + c).sub(least);
                part.intoArray(scores, at + c);
                most = most.max(part);
            }
        }
        float widest = most.reduceLanes(MAX);
        float factor = widest > 0 ? to.largest / widest : 0;
        byte[] table = to.table;
        for (int i = 0; i < scores.length; i++) {
            table[i] = (byte) (int) (scores[i] * factor + 0.5f);
        }
        to.step = widest / to.largest;
        to.shift = shift;
    }

    /** Dot products of the query's part with the centroids of a subspace; answers the least. */
    private float score(float[] query, int m, float[] scores) {
        float least = Float.MAX_VALUE;
        for (int c = 0; c < CENTROIDS; c += LANES) {
            FloatVector dot = dot(query, m, c);
            dot.intoArray(scores, m * CENTROIDS + c);
            least = Math.min(least, least(dot));
        }
        return least;
    }

    /** The least lane. As ints that sort alike: a reduction of floats takes twice as long. */
    private static float least(FloatVector lanes) {
        IntVector bits = lanes.reinterpretAsInts();
        IntVector sortable = bits.lanewise(XOR, bits.lanewise(ASHR, 31).and(Integer.MAX_VALUE));
        return Scorer.unsortable(sortable.reduceLanes(MIN));
    }

    private FloatVector dot(float[] vector, int m, int c) {
        FloatVector dot = FloatVector.zero(SPECIES);
        for (int j = 0; j < WIDTH; j++) {
            int at = m * WIDTH + j;
            dot =
                    FloatVector.fromArray(SPECIES, centroids, at * CENTROIDS + c)
                            .fma(FloatVector.broadcast(SPECIES, vector[at]), dot);
        }
        return dot;
    }

    /** Bytes {@link #write} takes. */
    public static long bytes(RecordLayout layout) {
        return (long) Float.BYTES * layout.codeBytes() * CENTROIDS;
    }

    /** Writes the centroids to {@code to} from {@code at}, little-endian. */
    public void write(MemorySegment to, long at) {
        for (int i = 0; i < centroids.length; i++) {
            to.set(FLOAT, at + (long) Float.BYTES * i, centroids[i]);
        }
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws IllegalArgumentException if the values cannot be centroids of directions
     */
    public static ProductQuantizer read(RecordLayout layout, MemorySegment from, long at) {
        float[] centroids = new float[layout.codeBytes() * CENTROIDS];
        for (int i = 0; i < centroids.length; i++) {
            float value = from.get(FLOAT, at + (long) Float.BYTES * i);
            if (!(Math.abs(value) <= 1.001f)) {
                throw new IllegalArgumentException("not a centroid of directions: " + value);
            }
            centroids[i] = value;
        }
        return new ProductQuantizer(layout.subspaces(), centroids);
    }
}
