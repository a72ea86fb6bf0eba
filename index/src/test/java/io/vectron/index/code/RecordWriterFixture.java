package io.vectron.index.code;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** All records of a few rows, and how far estimates over them are from the codes' distances. */
final class RecordWriterFixture {

    private final RecordLayout layout;
    private final Coding coding;
    private final NeighbourLists lists;
    private final MemorySegment records;

    RecordWriterFixture(Coding coding, Rows rows, NeighbourLists lists) {
        this.layout = coding.layout();
        this.coding = coding;
        this.lists = lists;
        this.records = Arena.ofAuto().allocate((long) rows.count() * layout.stride(), 64);
        RecordEncoder encoder = new RecordEncoder(coding, rows);
        int[] neighbours = new int[RecordLayout.DEGREE];
        for (int row = 0; row < rows.count(); row++) {
            int count = lists.read(row, neighbours);
            encoder.encode(row, neighbours, count, records, (long) row * layout.stride());
        }
    }

    /** Sum of the squared errors, and of the squared differences that are estimated. */
    double[] errorAndSpread(int row, short[] query, ProductLookup lookup) {
        int[] neighbours = new int[RecordLayout.DEGREE];
        float[] estimates = new float[RecordLayout.DEGREE];
        int count = lists.read(row, neighbours);
        long at = (long) row * layout.stride();
        MappedScan.scan(
                records.address() + at + layout.offsetsAt(), lookup, 0, Float.MAX_VALUE, estimates);
        double[] sums = new double[2];
        for (int i = 0; i < count; i++) {
            double truth =
                    distance(query, (long) neighbours[i] * layout.stride()) - distance(query, at);
            sums[0] += (estimates[i] - truth) * (estimates[i] - truth);
            sums[1] += truth * truth;
        }
        return sums;
    }

    private double distance(short[] query, long at) {
        return coding.quantizer().signed()
                ? -CodeKernels.dot(query, records.address() + at, layout.codeBytes())
                : CodeKernels.squared(query, records.address() + at, 0, layout.codeBytes());
    }
}
