package io.vectron.worker.search;

import io.vectron.index.MaintenanceReport;
import io.vectron.proto.log.v1.SegmentLayout;
import io.vectron.proto.v1.IndexReport;
import io.vectron.proto.v1.IndexSegment;
import io.vectron.proto.v1.SegmentKind;
import io.vectron.proto.worker.v1.ReplicaCondition;
import io.vectron.worker.replica.Reading;
import io.vectron.worker.replica.ShardReplica;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What replicas say of their indexes. */
final class IndexReports {
    private IndexReports() {}

    /**
     * Reports; null if the replica is not open.
     *
     * @param sample rows whose neighbours are looked for
     * @param goOn asked before each of them
     */
    static @Nullable IndexReport of(ShardReplica replica, int sample, BooleanSupplier goOn) {
        try (Reading reading = replica.read()) {
            if (reading == null) {
                return null;
            }
            MaintenanceReport found = reading.index().report(sample, goOn);
            IndexReport.Builder report =
                    IndexReport.newBuilder()
                            .setPosition(reading.state().position())
                            .setPendingRows(found.pending())
                            .setTask(found.task())
                            .setProblem(problem(replica.stopped(), found.failure()))
                            .setSampledRows(found.sampled());
            if (found.sampled() > 0) {
                report.setRecall(found.recall());
            }
            found.segments().forEach(segment -> report.addSegments(segment(segment)));
            return report.build();
        }
    }

    private static String problem(@Nullable ReplicaCondition stopped, @Nullable String work) {
        return Stream.of(stopped == null ? "" : stopped.getDetail(), work == null ? "" : work)
                .filter(part -> !part.isEmpty())
                .collect(Collectors.joining("; "));
    }

    private static IndexSegment segment(MaintenanceReport.Segment segment) {
        IndexSegment.Builder told =
                IndexSegment.newBuilder()
                        .setKind(
                                switch (segment.kind()) {
                                    case HOT -> SegmentKind.SEGMENT_KIND_HOT;
                                    case FROZEN -> SegmentKind.SEGMENT_KIND_FROZEN;
                                    case SEALED -> SegmentKind.SEGMENT_KIND_SEALED;
                                })
                        .setFormat(segment.format())
                        .setRows(segment.rows())
                        .setDeadRows(segment.dead())
                        .setBytes(segment.bytes());
        switch (segment.layout()) {
            case null -> {}
            case AUTO -> throw new IllegalArgumentException("a segment has one layout");
            case COMPACT -> told.setLayout(SegmentLayout.SEGMENT_LAYOUT_COMPACT);
            case FUSED -> told.setLayout(SegmentLayout.SEGMENT_LAYOUT_FUSED);
        }
        return told.build();
    }
}
