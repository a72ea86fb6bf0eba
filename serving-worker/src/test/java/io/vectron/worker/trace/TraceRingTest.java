package io.vectron.worker.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectron.proto.worker.v1.BatchJourney;
import io.vectron.proto.worker.v1.RejectedRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class TraceRingTest {
    private static final long START_MS = 1_000_000;
    private static final Duration HOUR = Duration.ofHours(1);

    private final TraceMemory memory = new TraceMemory(10, HOUR);
    private final TraceRing ring = memory.open(START_MS);

    @Test
    void tellsTheBatchThatPassedARecord() {
        BatchJourney journey =
                BatchJourney.newBuilder()
                        .setJudgedAtMs(1)
                        .setSentAtMs(2)
                        .addRejected(RejectedRecord.newBuilder().setOffset(6).setRule("bad"))
                        .build();
        ring.announced(8, journey);
        AppliedTimes times = new AppliedTimes(3, 4, START_MS);
        ring.applied(5, 8, times);
        ring.settled(8);

        TracedBatch batch = found(6);
        assertThat(batch.judgedAtMs()).isEqualTo(1);
        assertThat(batch.sentAtMs()).isEqualTo(2);
        assertThat(batch.times()).isEqualTo(times);
        assertThat(batch.rejectedBy(6)).isEqualTo("bad");
        assertThat(found(5).rejectedBy(5)).isEmpty();
        assertThat(found(7)).isEqualTo(batch);
        assertThat(ring.find(4, START_MS).batch()).as("before the batch").isNull();
        assertThat(ring.find(8, START_MS).batch()).as("after the batch").isNull();
    }

    @Test
    void aBatchThatNobodyAnnouncedIsRememberedWithItsTimesAlone() {
        ring.announced(8, BatchJourney.newBuilder().setJudgedAtMs(1).build());
        ring.settled(8);
        ring.applied(5, 8, at(START_MS));

        assertThat(found(5).judgedAtMs()).isZero();
    }

    @Test
    void forgetsTheOldestBeyondItsShareAndSaysSinceWhen() {
        for (int i = 0; i < 25; i++) {
            ring.applied(i, i + 1, at(START_MS + i));
        }

        assertThat(memory.held()).isEqualTo(10);
        assertThat(ring.find(14, START_MS).batch()).isNull();
        assertThat(ring.find(14, START_MS).sinceMs()).isEqualTo(START_MS + 14);
        assertThat(found(15).from()).isEqualTo(15);
    }

    @Test
    void aRejectedRecordCostsAsMuchAsABatch() {
        BatchJourney.Builder journey = BatchJourney.newBuilder();
        for (int i = 0; i < 7; i++) {
            journey.addRejected(RejectedRecord.newBuilder().setOffset(i).setRule("r"));
        }
        ring.announced(7, journey.build());
        ring.applied(0, 7, at(START_MS));
        ring.applied(7, 8, at(START_MS));
        ring.applied(8, 9, at(START_MS));
        assertThat(memory.held()).isEqualTo(10);

        ring.applied(9, 10, at(START_MS));

        assertThat(memory.held()).isEqualTo(3);
        assertThat(ring.find(3, START_MS).batch()).isNull();
    }

    @Test
    void forgetsWhatIsOlderThanAnHourWithoutAnyBatchToComeAfter() {
        ring.applied(0, 1, at(START_MS));

        assertThat(ring.find(0, START_MS + HOUR.toMillis()).batch()).isNotNull();
        TraceRing.Answer later = ring.find(0, START_MS + HOUR.toMillis() + 1);

        assertThat(later.batch()).isNull();
        assertThat(later.sinceMs()).isEqualTo(START_MS);
    }

    @Test
    void allShardsTogetherNeverHoldMoreThanTheLimit() {
        for (int i = 0; i < 10; i++) {
            ring.applied(i, i + 1, at(START_MS));
        }
        List<TraceRing> more = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            more.add(memory.open(START_MS));
            for (int j = 0; j < 5; j++) {
                more.getLast().applied(j, j + 1, at(START_MS));
            }
            assertThat(memory.held()).isLessThanOrEqualTo(10);
        }
        more.forEach(memory::close);
        for (int i = 10; i < 20; i++) {
            ring.applied(i, i + 1, at(START_MS));
        }
        assertThat(memory.held()).as("the others' share is free again").isEqualTo(10);
    }

    @Test
    void aNewLeaderKnowsNothingOfWhatCameBefore() {
        ring.applied(0, 1, at(START_MS));

        ring.restart(START_MS + 5);

        assertThat(ring.find(0, START_MS + 6)).isEqualTo(new TraceRing.Answer(null, START_MS + 5));
        assertThat(memory.held()).isZero();
    }

    private TracedBatch found(long offset) {
        return Objects.requireNonNull(ring.find(offset, START_MS).batch());
    }

    private static AppliedTimes at(long ms) {
        return new AppliedTimes(ms, ms, ms);
    }
}
