package io.vectron.ingest.lane;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectron.proto.worker.v1.BatchJourney;
import io.vectron.proto.worker.v1.TracedRecord;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class JourneyTest {
    private static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    @Test
    void ofABatchAtMostTheFirst128TracedRecordsAreTold() {
        List<LaneRecord> records =
                IntStream.range(0, Journey.MOST_TRACED + 2)
                        .mapToObj(offset ->
                                new LaneRecord(
                                        offset,
                                        null,
                                        null,
                                        new LaneRecord.Way(1, 2, 3, offset == 0 ? null : TRACE),
                                        LaneRecord.NO_EPOCH))
                        .toList();

        BatchJourney journey = Journey.of(records);

        assertThat(Journey.MOST_TRACED).isEqualTo(128);
        assertThat(journey.getTracedList())
                .extracting(TracedRecord::getOffset)
                .containsExactlyElementsOf(
                        IntStream.range(1, 129).mapToObj(i -> (long) i).toList());
    }
}
