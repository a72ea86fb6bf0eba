package io.vectron.ingest.lane;

import io.vectron.proto.worker.v1.BatchJourney;
import io.vectron.proto.worker.v1.RejectedRecord;
import io.vectron.proto.worker.v1.TracedRecord;
import java.util.List;

/** What is told of a batch's way to those who ask where a record is. */
final class Journey {
    /** Most rejected records told of a batch, as the contract has it. */
    static final int MOST_REJECTED = 128;

    /** Most traced records told of a batch, as the contract has it. */
    static final int MOST_TRACED = 128;

    private Journey() {}

    static BatchJourney of(List<LaneRecord> records) {
        BatchJourney.Builder journey = BatchJourney.newBuilder();
        if (records.isEmpty()) {
            return journey.build();
        }
        journey.setReadAtMs(records.getFirst().way().readAtMs())
                .setJudgedAtMs(records.getLast().way().judgedAtMs());
        for (LaneRecord record : records) {
            DeadLetter letter = record.letter();
            if (letter != null && journey.getRejectedCount() < MOST_REJECTED) {
                journey.addRejected(
                        RejectedRecord.newBuilder()
                                .setOffset(letter.offset())
                                .setRule(letter.rule()));
            }
            String traceparent = record.way().traceparent();
            if (traceparent != null && journey.getTracedCount() < MOST_TRACED) {
                journey.addTraced(
                        TracedRecord.newBuilder()
                                .setOffset(record.offset())
                                .setTraceparent(traceparent));
            }
        }
        return journey.build();
    }
}
