package io.vectron.ingest.lane;

import io.vectron.proto.worker.v1.BatchJourney;
import io.vectron.proto.worker.v1.RejectedRecord;
import java.util.List;

/** What is told of a batch's way to those who ask where a record is. */
final class Journey {
    /** Most rejected records told of a batch, as the contract has it. */
    static final int MOST_REJECTED = 128;

    private Journey() {}

    static BatchJourney of(List<LaneRecord> records) {
        BatchJourney.Builder journey = BatchJourney.newBuilder();
        if (records.isEmpty()) {
            return journey.build();
        }
        journey.setReadAtMs(records.getFirst().readAtMs())
                .setJudgedAtMs(records.getLast().judgedAtMs());
        for (LaneRecord record : records) {
            DeadLetter letter = record.letter();
            if (letter != null && journey.getRejectedCount() < MOST_REJECTED) {
                journey.addRejected(
                        RejectedRecord.newBuilder()
                                .setOffset(letter.offset())
                                .setRule(letter.rule()));
            }
        }
        return journey.build();
    }
}
