package io.vectron.index.code;

import io.vectron.index.Metric;
import io.vectron.index.vector.Kernels;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Turns floats into 7-bit codes: an offset for each dimension, one scale for all.
 *
 * <p>With one scale the squared distance of two codes is the squared distance of the rows in units
 * of the scale, and the dot product of a signed query with a code is theirs up to a constant of the
 * query. So the order of rows is kept, up to rounding, without a single float. The scale spans the
 * widest dimension (between quantiles, a few outliers are cut off), the offsets put every dimension
 * into the middle of the codes. Immutable.
 */
public final class Quantizer {

    /** The largest code. */
    public static final int LARGEST = 127;

    private static final float MIDDLE = LARGEST / 2f;
    private static final int MOST_SAMPLED_ROWS = 20_000;
    private static final int MOST_SAMPLED_FLOATS = 1 << 22;
    private static final int OUTLIERS = 4_000; // one row of so many at each end
    private static final float LARGEST_SCALE = 1e30f;
    private static final VectorSpecies<Float> SPECIES = FloatShapes.SPECIES;
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final boolean signed;
    private final float[] lowest;
    private final float[] padded; // the same, as long as rows are
    private final float scale;
    private final int codeBytes;

    private Quantizer(Metric metric, float[] lowest, float scale) {
        this.signed = metric == Metric.DOT;
        this.lowest = lowest;
        this.padded = Arrays.copyOf(lowest, Kernels.padded(lowest.length));
        this.scale = scale;
        this.codeBytes = new RecordLayout(lowest.length, false).codeBytes();
    }

    /**
     * Learns offsets and scale from up to 20,000 rows, evenly spread.
     *
     * @param rows at least one row of finite values
     */
    public static Quantizer train(Metric metric, int dimension, Rows rows) {
        int count = rows.count();
        if (count < 1) {
            throw new IllegalArgumentException("there is no row to learn from");
        }
        int most = Math.clamp(MOST_SAMPLED_FLOATS / dimension, 1, MOST_SAMPLED_ROWS);
        int sampled = Math.min(count, most);
        float[][] columns = new float[dimension][sampled];
        float[] row = new float[Kernels.padded(dimension)];
        for (int i = 0; i < sampled; i++) {
            rows.read((int) ((long) i * count / sampled), row);
            for (int j = 0; j < dimension; j++) {
                columns[j][i] = row[j];
            }
        }
        double[] middles = new double[dimension];
        double range = 0;
        int cut = sampled / OUTLIERS;
        for (int j = 0; j < dimension; j++) {
            Arrays.sort(columns[j]);
            double low = columns[j][cut];
            double high = columns[j][sampled - 1 - cut];
            middles[j] = low + (high - low) / 2;
            range = Math.max(range, high - low);
        }
        float scale = range > 0 ? (float) Math.min(LARGEST_SCALE, LARGEST / range) : 1f;
        float[] lowest = new float[dimension];
        for (int j = 0; j < dimension; j++) {
            lowest[j] = finite(middles[j] - MIDDLE / (double) scale);
        }
        return new Quantizer(metric, lowest, scale);
    }

    private static float finite(double value) {
        return (float) Math.clamp(value, -Float.MAX_VALUE, Float.MAX_VALUE);
    }

    /** What a squared distance of 1 between codes is between rows. */
    public float squaredStep() {
        return (float) (1 / ((double) scale * scale));
    }

    /** Floats a vector, without padding. */
    public int dimension() {
        return lowest.length;
    }

    /** Bytes of a code, padded with zeros to whole lines of memory. */
    public int codeBytes() {
        return codeBytes;
    }

    /**
     * Writes a prepared row in units of the scale, each dimension from −63.5 to 63.5: what its code
     * stands for, before rounding.
     *
     * @param to {@code float[codeBytes]}; zeros behind the dimension
     */
    public void scale(float[] row, float[] to) {
        for (int j = 0; j < padded.length; j += SPECIES.length()) {
            FloatVector steps =
                    FloatShapes.load(row, j).sub(FloatShapes.load(padded, j)).mul(scale);
            steps.max(0f).min(LARGEST).sub(MIDDLE).intoArray(to, j);
        }
        Arrays.fill(to, lowest.length, codeBytes, 0f);
    }

    /** Rounds a row of {@link #scale} to its code in {@code to[at..at + codeBytes)}. */
    public void encode(float[] scaled, byte[] to, int at) {
        int dimension = lowest.length;
        for (int j = 0; j < dimension; j++) {
            to[at + j] = (byte) (int) (scaled[j] + (MIDDLE + 0.5f));
        }
        Arrays.fill(to, at + dimension, at + codeBytes, (byte) 0);
    }

    /**
     * Encodes a prepared, padded query for the kernels. Under dot it gets a scale of its own and is
     * signed, otherwise it is coded as rows are.
     *
     * @param scaled gets the query before rounding, {@code float[codeBytes]}
     * @param code gets the query in the order the kernels want, {@code short[codeBytes]}
     */
    public void encodeQuery(float[] query, float[] scaled, short[] code) {
        if (signed) {
            scaleSigned(query, scaled);
            for (int j = 0; j < codeBytes; j++) {
                code[QueryOrder.place(j)] = (short) Math.round(scaled[j]);
            }
            return;
        }
        scale(query, scaled);
        QueryOrder.roundUp(scaled, MIDDLE + 0.5f, code, codeBytes);
        for (int j = lowest.length; j < codeBytes; j++) {
            code[QueryOrder.place(j)] = 0;
        }
    }

    private void scaleSigned(float[] query, float[] to) {
        float largest = 0;
        for (int j = 0; j < lowest.length; j++) {
            largest = Math.max(largest, Math.abs(query[j]));
        }
        double factor = largest > 0 ? LARGEST / (double) largest : 0;
        for (int j = 0; j < lowest.length; j++) {
            to[j] = (float) (query[j] * factor);
        }
        Arrays.fill(to, lowest.length, codeBytes, 0f);
    }

    /** Whether queries are signed and compared by the dot product. */
    public boolean signed() {
        return signed;
    }

    /** Bytes {@link #write} takes. */
    public static long bytes(int dimension) {
        return Float.BYTES * (1L + dimension);
    }

    /** Writes scale and offsets to {@code to} from {@code at}, little-endian. */
    public void write(MemorySegment to, long at) {
        to.set(FLOAT, at, scale);
        for (int j = 0; j < lowest.length; j++) {
            to.set(FLOAT, at + Float.BYTES * (1L + j), lowest[j]);
        }
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws IllegalArgumentException if the values cannot be a quantizer's
     */
    public static Quantizer read(Metric metric, int dimension, MemorySegment from, long at) {
        float scale = from.get(FLOAT, at);
        if (!(scale > 0 && scale <= LARGEST_SCALE)) {
            throw new IllegalArgumentException("not a quantizer's scale: " + scale);
        }
        float[] lowest = new float[dimension];
        for (int j = 0; j < dimension; j++) {
            lowest[j] = from.get(FLOAT, at + Float.BYTES * (1L + j));
            if (!Float.isFinite(lowest[j])) {
                throw new IllegalArgumentException("not a quantizer's offset: " + lowest[j]);
            }
        }
        return new Quantizer(metric, lowest, scale);
    }
}
