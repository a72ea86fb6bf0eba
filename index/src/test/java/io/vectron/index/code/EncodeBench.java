package io.vectron.index.code;

import io.vectron.index.Metric;
import io.vectron.index.vector.Kernels;
import io.vectron.index.vector.Lanes;
import java.io.PrintStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.Random;

/** Prints what it costs to encode records of made-up rows, by CPU time; not a test. */
final class EncodeBench {

    private static final PrintStream OUT = System.out;
    private static final int ROWS = 4_000;

    private EncodeBench() {}

    public static void main(String[] args) {
        int dimension = args.length > 0 ? Integer.parseInt(args[0]) : 384;
        int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 10;
        Rows rows = ArrayRows.random(ROWS, dimension, 1);
        Random random = new Random(2);
        int[][] graph = new int[ROWS][];
        for (int i = 0; i < ROWS; i++) {
            graph[i] = random.ints(RecordLayout.DEGREE, 0, ROWS).toArray();
        }
        NeighbourLists lists =
                (row, to) -> {
                    System.arraycopy(graph[row], 0, to, 0, RecordLayout.DEGREE);
                    return RecordLayout.DEGREE;
                };
        OUT.printf("lanes %d, %d rows of %d floats%n", Lanes.FLOATS, ROWS, dimension);
        for (boolean fused : new boolean[] {true, false}) {
            RecordLayout layout = new RecordLayout(dimension, fused);
            long begin = cpu();
            Coding coding = Coding.train(Metric.EUCLIDEAN, layout, rows, lists);
            OUT.printf("fused %b: trained in %.0f ms%n", fused, (cpu() - begin) / 1e6);
            double best = Double.MAX_VALUE;
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment to = arena.allocate((long) ROWS * layout.stride(), 64);
                for (int round = 0; round < rounds; round++) {
                    begin = cpu();
                    RecordEncoder encoder = new RecordEncoder(coding, rows);
                    for (int row = 0; row < ROWS; row++) {
                        encoder.encode(
                                row,
                                graph[row],
                                RecordLayout.DEGREE,
                                to,
                                (long) row * layout.stride());
                    }
                    best = Math.min(best, (cpu() - begin) / 1e3 / ROWS);
                }
            }
            OUT.printf("fused %b: %.2f us a row%n", fused, best);
        }
        float[] row = new float[Kernels.padded(dimension)];
        long begin = cpu();
        for (int i = 0; i < 1_000_000; i++) {
            rows.read(i % ROWS, row);
        }
        OUT.printf("read: %.0f ns a row%n", (cpu() - begin) / 1e6);
        begin = cpu();
        Quantizer quantizer = Quantizer.train(Metric.EUCLIDEAN, dimension, rows);
        float[] scaled = new float[quantizer.codeBytes()];
        for (int i = 0; i < 1_000_000; i++) {
            quantizer.scale(row, scaled);
        }
        OUT.printf("scale: %.0f ns a row%n", (cpu() - begin) / 1e6);
    }

    private static long cpu() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }
}
