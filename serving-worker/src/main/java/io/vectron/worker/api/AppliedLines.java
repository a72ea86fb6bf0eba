package io.vectron.worker.api;

import io.vectron.common.trace.TraceParent;
import io.vectron.common.trace.TraceScope;
import io.vectron.proto.worker.v1.ApplyBatchResponse;
import io.vectron.proto.worker.v1.BatchJourney;
import io.vectron.proto.worker.v1.TracedRecord;
import io.vectron.worker.shard.ShardFacts;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says of each traced record that it is applied, on a log line with the id of its trace. */
final class AppliedLines {
    /** Most lines of a batch, as the contract has it. */
    static final int MOST = 128;

    private static final Logger LOG = LoggerFactory.getLogger(AppliedLines.class);

    private AppliedLines() {}

    static void write(ShardFacts facts, BatchJourney journey, ApplyBatchResponse answer) {
        if (!answer.hasApplied()) {
            return;
        }
        int lines = Math.min(MOST, journey.getTracedCount());
        for (TracedRecord record : journey.getTracedList().subList(0, lines)) {
            TraceParent trace = TraceParent.parse(record.getTraceparent());
            if (trace != null && record.getOffset() < answer.getApplied().getPosition()) {
                try (TraceScope _ = TraceScope.enter(trace)) {
                    LOG.info(
                            "applied the record at {} to shard {}",
                            record.getOffset(),
                            facts.label());
                }
            }
        }
    }
}
