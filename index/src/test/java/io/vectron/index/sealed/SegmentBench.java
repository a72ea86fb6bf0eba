package io.vectron.index.sealed;

import io.vectron.index.Metric;
import io.vectron.index.code.RecordLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/**
 * Prints what it costs to write, open, look up and scrub a segment of made-up rows: {@code
 * SegmentBench <folder> [rows] [dimension] [fused]}.
 */
final class SegmentBench {

    private static final int LOOK_UPS = 1_000_000;

    private SegmentBench() {}

    public static void main(String[] arguments) throws Exception {
        Path file = Path.of(arguments[0]).resolve("bench.vsg");
        int rows = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 1_000_000;
        int dimension = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 128;
        boolean fused = arguments.length > 3 && Boolean.parseBoolean(arguments[3]);
        Files.deleteIfExists(file);
        long start = System.nanoTime();
        RecordLayout layout = new RecordLayout(dimension, fused);
        SegmentSource source = new RandomSource(1, rows, layout, Metric.COSINE);
        long bytes = SegmentWriter.write(file, source).bytes();
        print("write", start, bytes, "bytes, rows made up and forced included");
        try {
            for (int i = 0; i < 5; i++) {
                long before = heap();
                start = System.nanoTime();
                try (SealedSegment segment = SealedSegment.open(file)) {
                    print("open", start, 0, "");
                    System.out.printf("heap of it: %,d bytes%n", heap() - before);
                    lookUps(segment);
                    deaths(segment, before);
                    if (i == 4) {
                        start = System.nanoTime();
                        segment.scrub(Pace.unbounded());
                        print("scrub", start, segment.bytes(), "bytes");
                    }
                }
            }
        } finally {
            Files.delete(file);
        }
    }

    private static void lookUps(SealedSegment segment) {
        Random random = new Random(1);
        long start = System.nanoTime();
        long sum = 0;
        for (int i = 0; i < LOOK_UPS; i++) {
            sum += segment.ordinalOf(segment.version(random.nextInt(segment.rows())));
        }
        print("ordinalOf", start, LOOK_UPS, "look-ups (" + sum + ")");
        start = System.nanoTime();
        for (int i = 0; i < LOOK_UPS; i++) {
            sum += segment.find(segment.idBytes(random.nextInt(segment.rows())));
        }
        print("find", start, LOOK_UPS, "look-ups (" + sum + ")");
    }

    private static void deaths(SealedSegment segment, long before) {
        for (int i = 0; i < segment.rows(); i += 10) {
            segment.deaths().mark(i, 1);
        }
        System.out.printf("heap with deaths everywhere: %,d bytes%n", heap() - before);
    }

    private static long heap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private static void print(String what, long start, long amount, String unit) {
        double seconds = (System.nanoTime() - start) / 1e9;
        System.out.printf("%s: %.3f s", what, seconds);
        if (amount > 0) {
            System.out.printf(", %,d %s, %.1f ns each", amount, unit, seconds * 1e9 / amount);
        }
        System.out.println();
    }
}
