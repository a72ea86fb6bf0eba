package io.vectron.index;

import io.vectron.index.hot.HotSegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an index is made of.
 *
 * @param segments oldest rows first
 * @param pending rows that wait to be taken into a graph
 * @param frozen full hot segments that wait to be sealed
 * @param task what is being sealed or merged, and how far it is; empty if nothing is
 * @param failure why background work failed the last time; null if it did not
 * @param sampled rows whose neighbours were looked for
 * @param recall share of the true ten nearest that searches with ef 100 found for sampled rows; NaN
 *     if none was sampled
 */
public record MaintenanceReport(
        List<Segment> segments,
        int pending,
        int frozen,
        String task,
        @Nullable String failure,
        int sampled,
        double recall) {

    /** Copies the list. */
    public MaintenanceReport {
        segments = List.copyOf(segments);
    }

    /** Rows in one place. */
    public enum Kind {
        /** Takes new rows. */
        HOT,
        /** Is full and waits to be sealed. */
        FROZEN,
        /** In a file. */
        SEALED
    }

    /**
     * A segment.
     *
     * @param kind where its rows are
     * @param rows dead ones included
     * @param dead rows that no new search sees
     * @param bytes in memory, or of the file
     * @param layout of its records; null if it is in no file
     * @param format version of its file's format; 0 if it is in no file
     */
    public record Segment(
            Kind kind,
            int rows,
            int dead,
            long bytes,
            @Nullable SegmentLayout layout,
            int format) {}

    static MaintenanceReport of(
            IndexView view, String task, @Nullable String failure, RecallSample recall) {
        List<Segment> all = new ArrayList<>();
        for (SealedPart part : view.sealed()) {
            SegmentLayout layout =
                    part.segment().layout().fused() ? SegmentLayout.FUSED : SegmentLayout.COMPACT;
            all.add(
                    new Segment(
                            Kind.SEALED,
                            part.rows(),
                            part.deadRows(),
                            part.segment().bytes(),
                            layout,
                            part.segment().format()));
        }
        for (HotSegment segment : view.memory()) {
            Kind kind = segment == view.hot() ? Kind.HOT : Kind.FROZEN;
            all.add(
                    new Segment(
                            kind, segment.rows(), segment.deadRows(), segment.bytes(), null, 0));
        }
        return new MaintenanceReport(
                all,
                view.tailRows(),
                view.frozen().size(),
                task,
                failure,
                recall.rows(),
                recall.share());
    }
}
