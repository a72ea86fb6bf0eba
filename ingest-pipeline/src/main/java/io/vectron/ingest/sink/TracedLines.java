package io.vectron.ingest.sink;

import io.vectron.common.trace.TraceParent;
import io.vectron.common.trace.TraceScope;
import io.vectron.ingest.feed.ShardFeed;
import io.vectron.proto.worker.v1.BatchJourney;
import io.vectron.proto.worker.v1.RejectedRecord;
import io.vectron.proto.worker.v1.TracedRecord;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says of each traced record of a batch that it goes to its shard, or by which rule it is rejected,
 * on a log line with the id of its trace. A journey bounds their number.
 */
final class TracedLines {
    private static final Logger log = LoggerFactory.getLogger(TracedLines.class);

    private TracedLines() {}

    static void write(ShardFeed feed, BatchJourney journey) {
        if (journey.getTracedCount() == 0) {
            return;
        }
        Map<Long, String> rules = new HashMap<>();
        for (RejectedRecord rejected : journey.getRejectedList()) {
            rules.put(rejected.getOffset(), rejected.getRule());
        }
        for (TracedRecord record : journey.getTracedList()) {
            String rule = rules.get(record.getOffset());
            TraceScope.run(
                    TraceParent.parse(record.getTraceparent()),
                    () -> {
                        if (rule == null) {
                            log.info("{}: sends the record at {}", feed, record.getOffset());
                        } else {
                            log.info(
                                    "{}: rejects the record at {} by {}",
                                    feed,
                                    record.getOffset(),
                                    rule);
                        }
                    });
        }
    }
}
