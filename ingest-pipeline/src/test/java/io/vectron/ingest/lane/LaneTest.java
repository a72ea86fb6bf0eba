package io.vectron.ingest.lane;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.vectron.proto.log.v1.ApplyBatch;
import io.vectron.proto.log.v1.LogRecord;
import io.vectron.proto.log.v1.Removal;
import io.vectron.proto.worker.v1.RejectedRecord;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LaneTest {
    private static final LaneLimits LIMITS =
            new LaneLimits(4, 10_000, 3, 5, 4_000, 2_000, 500, new LaneLimits.Retry(10, 1_000));

    private final Lane lane = new Lane(new LaneTarget("g", "t", 0), LIMITS, 7, 100);

    @Test
    void anIdleLaneSendsAtTheEndOfThePollWithTheConsumersPosition() {
        assertThat(lane.accept(upsert(100, "a"), 0, 105, 1)).isEmpty();

        List<Effect> effects = lane.advance(103, 0, 105, 1);

        ApplyBatch batch = sent(effects);
        assertThat(batch.getFrom()).isEqualTo(100);
        assertThat(batch.getTo()).isEqualTo(103);
        assertThat(batch.getLogEnd()).isEqualTo(105);
        assertThat(batch.getEpoch()).isEqualTo(7);
        assertThat(batch.getGroup()).isEqualTo("g");
        assertThat(batch.getTopicId()).isEqualTo("t");
        assertThat(batch.getRecordsList()).extracting(LogRecord::getOffset).containsExactly(100L);
    }

    @Test
    void aPositionThatMovedWithoutRecordsIsDeliveredAsAnEmptyBatch() {
        ApplyBatch batch = sent(lane.advance(108, 0, 108, 1));

        assertThat(batch.getRecordsCount()).isZero();
        assertThat(batch.getFrom()).isEqualTo(100);
        assertThat(batch.getTo()).isEqualTo(108);
    }

    @Test
    void aBarrierOnlyMovesThePosition() {
        lane.accept(LaneRecord.barrier(100), 0, 101, 1);

        ApplyBatch batch = sent(lane.advance(101, 0, 101, 1));

        assertThat(batch.getRecordsCount()).isZero();
        assertThat(batch.getTo()).isEqualTo(101);
    }

    @Test
    void aBatchTellsTheLeaderEpochOfItsLastRecordOrOfWhatTheLogMovedBy() {
        lane.accept(upsert(100, "a").of(1), 0, 200, 1);
        lane.accept(upsert(101, "a").of(1), 0, 200, 1);
        lane.accept(upsert(102, "a").of(1), 0, 200, 1);
        ApplyBatch full = sent(lane.accept(upsert(103, "a").of(2), 0, 200, 1));
        assertThat(full.getLeaderEpoch()).isEqualTo(2);
        lane.accept(upsert(104, "a").of(2), 0, 200, 1);
        lane.accept(LaneRecord.barrier(105).of(3), 0, 200, 1);
        lane.reply(1, new Reply.Applied(104), 2);

        ApplyBatch moved = sent(lane.advance(106, 3, 0, 200, 20));

        assertThat(moved.getTo()).isEqualTo(106);
        assertThat(moved.getLeaderEpoch()).isEqualTo(3);
        lane.reply(2, new Reply.Applied(106), 21);
        assertThat(sent(lane.advance(107, 4, 0, 107, 30)).getLeaderEpoch()).isEqualTo(4);
        lane.reply(3, new Reply.Applied(107), 31);
        lane.accept(upsert(107, "b"), 0, 200, 40);
        assertThat(sent(lane.advance(108, 5, 0, 108, 40)).hasLeaderEpoch())
                .as("its record's is not known")
                .isFalse();
    }

    @Test
    void aHaltedShardStopsTheLaneWhetherItSendsOrIsIdle() {
        lane.advance(101, 0, 101, 1);
        assertThat(lane.reply(1, new Reply.Halted("LOG_DIVERGED: ..."), 2))
                .containsExactly(new Effect.Stop(Lane.HALTED, "LOG_DIVERGED: ..."));
        assertThat(lane.isStopped()).isTrue();
    }

    @Test
    void aFullBatchGoesAtOnceAndTheNextWaitsForItsReply() {
        for (int i = 100; i < 103; i++) {
            assertThat(lane.accept(upsert(i, "a"), 0, 200, 1)).isEmpty();
        }
        ApplyBatch first = sent(lane.accept(upsert(103, "a"), 0, 200, 1));
        assertThat(first.getRecordsCount()).isEqualTo(4);
        for (int i = 104; i < 110; i++) {
            assertThat(lane.accept(upsert(i, "a"), 0, 200, 1)).isEmpty();
        }

        List<Effect> effects = lane.reply(1, new Reply.Applied(104), 2);

        assertThat(sent(effects).getFrom()).isEqualTo(104);
        assertThat(sent(effects).getTo()).isEqualTo(108);
        assertThat(lane.appliedPosition()).isEqualTo(104);
    }

    @Test
    void aSmallBatchWaitsForTheLingerAfterTheLastOne() {
        lane.advance(101, 0, 101, 10);
        lane.reply(1, new Reply.Applied(101), 11);

        assertThat(lane.advance(102, 0, 102, 12)).isEmpty();
        assertThat(lane.deadlineMs()).isEqualTo(15);
        assertThat(lane.tick(14)).isEmpty();
        assertThat(sent(lane.tick(15)).getTo()).isEqualTo(102);
    }

    @Test
    void batchesAreSplitByBytes() {
        lane.accept(upsert(100, "x".repeat(6_000)), 0, 200, 1);
        Lane roomy =
                new Lane(
                        new LaneTarget("g", "t", 0),
                        new LaneLimits(
                                4, 10_000, 3, 5, 1 << 20, 0, 500, new LaneLimits.Retry(1, 1)),
                        0,
                        0);
        roomy.accept(upsert(0, "x".repeat(6_000)), 0, 9, 1);
        ApplyBatch first = sent(roomy.accept(upsert(1, "y".repeat(6_000)), 0, 9, 1));
        assertThat(first.getTo()).isEqualTo(1);
        assertThat(first.getRecordsCount()).isEqualTo(1);
    }

    @Test
    void aFailureIsRetriedWithDoublingWaitsAndTheSameRecords() {
        lane.accept(upsert(100, "a"), 0, 101, 0);
        lane.advance(101, 0, 101, 0);
        long now = 0;
        for (int i = 0; i < 12; i++) {
            long delay = Math.min(1_000, 10L << i);
            List<Effect> effects = lane.reply(i + 1, new Reply.Unavailable("away"), now);
            assertThat(effects).containsExactly(new Effect.Retrying("away", false, i + 1, delay));
            assertThat(lane.tick(now + delay - 1)).isEmpty();
            now = lane.deadlineMs();
            assertThat(sent(lane.tick(now)).getRecordsCount()).isEqualTo(1);
        }
        assertThat(lane.reply(13, new Reply.Applied(101), now))
                .containsExactly(
                        new Effect.Acknowledged(101, 1, Map.of(), upsert(100, "a").entryBytes()));
        assertThat(lane.heldBytes()).isZero();
    }

    @Test
    void anAnswerToAnOlderAttemptIsIgnored() {
        lane.advance(101, 0, 101, 0);
        lane.reply(1, new Reply.Unavailable("timeout"), 0);
        lane.tick(10);

        assertThat(lane.reply(1, new Reply.Gap(3), 11)).isEmpty();
        assertThat(lane.appliedPosition()).isEqualTo(100);
    }

    @Test
    void aGapBeforeTheWindowRewindsAndWhatWasReadBeforeIsIgnored() {
        lane.accept(upsert(100, "a"), 0, 101, 0);
        lane.advance(101, 0, 101, 0);

        List<Effect> effects = lane.reply(1, new Reply.Gap(40), 1);

        assertThat(effects).contains(new Effect.Rewind(40, 1));
        assertThat(lane.heldBytes()).isZero();
        assertThat(lane.accept(upsert(101, "b"), 0, 200, 2)).isEmpty();
        assertThat(lane.advance(102, 0, 200, 2)).isEmpty();
        assertThat(lane.endPosition()).isEqualTo(40);
        lane.accept(upsert(40, "c"), 1, 200, 20);
        assertThat(sent(lane.advance(41, 1, 200, 20)).getFrom()).isEqualTo(40);
    }

    @Test
    void aGapInsideTheWindowIsAnsweredFromMemory() {
        for (int i = 100; i < 104; i++) {
            lane.accept(upsert(i, "a"), 0, 200, 0);
        }
        List<Effect> effects = lane.reply(1, new Reply.Gap(102), 0);

        assertThat(effects).noneMatch(Effect.Rewind.class::isInstance);
        ApplyBatch again = sent(lane.tick(lane.deadlineMs()));
        assertThat(again.getFrom()).isEqualTo(102);
        assertThat(again.getRecordsList())
                .extracting(LogRecord::getOffset)
                .containsExactly(102L, 103L);
    }

    @Test
    void aShardThatIsFurtherThanTheLaneMovesTheSource() {
        lane.advance(101, 0, 101, 0);

        List<Effect> effects = lane.reply(1, new Reply.Applied(500), 1);

        assertThat(effects).contains(new Effect.Rewind(500, 1));
        assertThat(lane.appliedPosition()).isEqualTo(500);
    }

    @Test
    void anIdleLaneAsksWhetherTheShardStillHasWhatItHad() {
        lane.advance(101, 0, 101, 0);
        lane.reply(1, new Reply.Applied(101), 10);

        assertThat(lane.deadlineMs()).isEqualTo(510);
        assertThat(lane.tick(509)).isEmpty();
        assertThat(lane.tick(510)).containsExactly(new Effect.Check(2));
        assertThat(lane.tick(5_000)).as("one question at a time").isEmpty();
        assertThat(lane.reply(2, new Reply.Applied(101), 515)).isEmpty();
        assertThat(lane.deadlineMs()).isEqualTo(1_015);
    }

    @Test
    void aShardThatLostStateWhileTheLaneWasIdleIsGivenTheLogAgain() {
        lane.advance(101, 0, 101, 0);
        lane.reply(1, new Reply.Applied(101), 10);
        lane.tick(510);

        assertThat(lane.reply(2, new Reply.Applied(0), 515))
                .containsExactly(new Effect.Rewind(0, 1));
        lane.accept(upsert(0, "a"), 1, 101, 520);
        assertThat(sent(lane.advance(101, 1, 101, 520)).getFrom()).isZero();
    }

    @Test
    void aCheckThatFailsIsMadeAgainAndStopsNothing() {
        lane.tick(0);
        assertThat(lane.reply(1, new Reply.UnknownShard(), 0)).isEmpty();
        assertThat(lane.deadlineMs()).isEqualTo(500);
        assertThat(lane.tick(500)).containsExactly(new Effect.Check(2));
        assertThat(lane.reply(2, new Reply.WrongTopic("other"), 510))
                .containsExactly(new Effect.Stop("WRONG_TOPIC", "the shard follows topic other"));
    }

    @Test
    void anAnswerToACheckThatABatchOvertookIsIgnored() {
        assertThat(lane.tick(0)).containsExactly(new Effect.Check(1));
        sent(lane.advance(101, 0, 101, 1));

        assertThat(lane.reply(1, new Reply.Applied(0), 2)).isEmpty();
        assertThat(lane.appliedPosition()).isEqualTo(100);
        assertThat(lane.isInFlight()).isTrue();
    }

    @Test
    void aStaleEpochIsRetriedWithTheOneOfTheView() {
        lane.advance(101, 0, 101, 0);
        lane.reply(1, new Reply.StaleEpoch(9), 0);
        lane.epoch(9);
        lane.epoch(8);

        assertThat(sent(lane.tick(10)).getEpoch()).isEqualTo(9);
    }

    @Test
    void anOverloadedShardIsGivenTheTimeItAsksFor() {
        lane.advance(101, 0, 101, 0);
        lane.reply(1, new Reply.Overloaded(300, "INDEX_TAIL_FULL"), 0);

        assertThat(lane.deadlineMs()).isEqualTo(300);
    }

    @Test
    void whatNoRetryMendsStopsTheLane() {
        lane.accept(upsert(100, "a"), 0, 101, 0);
        lane.advance(101, 0, 101, 0);

        List<Effect> effects = lane.reply(1, new Reply.WrongTopic("other"), 1);

        assertThat(effects)
                .containsExactly(new Effect.Stop("WRONG_TOPIC", "the shard follows topic other"));
        assertThat(lane.isStopped()).isTrue();
        assertThat(lane.heldBytes()).isZero();
        assertThat(lane.accept(upsert(101, "b"), 0, 200, 2)).isEmpty();
        assertThat(lane.deadlineMs()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void aFullLanePausesItsPartitionAndResumesAtHalf() {
        String large = "x".repeat(1_000);
        lane.accept(upsert(100, large), 0, 200, 0);
        lane.advance(101, 0, 200, 0); // in flight
        lane.accept(upsert(101, large), 0, 200, 0);
        lane.accept(upsert(102, large), 0, 200, 0);
        assertThat(lane.accept(upsert(103, large), 0, 200, 0)).containsExactly(new Effect.Pause());
        assertThat(lane.reply(1, new Reply.Applied(101), 0)).doesNotContain(new Effect.Resume());

        assertThat(lane.tick(5)).isNotEmpty();
        assertThat(lane.reply(2, new Reply.Applied(104), 6)).contains(new Effect.Resume());
    }

    @Test
    void beyondTheHardBoundTheTailIsDroppedAndReadAgain() {
        String large = "x".repeat(1_000);
        lane.advance(100, 0, 200, 0);
        long offset = 100;
        lane.accept(upsert(offset++, large), 0, 200, 0);
        lane.advance(offset, 0, 200, 0); // in flight, never answered
        List<Effect> effects = List.of();
        while (effects.stream().noneMatch(Effect.Rewind.class::isInstance)) {
            effects = lane.accept(upsert(offset++, large), 0, 200, 0);
            assertThat(lane.heldBytes()).isLessThanOrEqualTo(6_000);
            assertThat(offset).isLessThan(110);
        }
        long refused = offset - 1;
        assertThat(effects).containsExactly(new Effect.Rewind(refused, 1));
        assertThat(lane.isPaused()).isTrue();
        assertThat(lane.accept(upsert(refused + 1, large), 0, 200, 0)).isEmpty();
        assertThat(lane.endPosition()).isEqualTo(refused);
    }

    @Test
    void aSmallerShareOfTheMemoryPausesAndALargerOneResumes() {
        lane.accept(upsert(100, "x".repeat(1_000)), 0, 200, 0);

        assertThat(lane.resize(500)).containsExactly(new Effect.Pause());
        assertThat(lane.resize(4_000)).containsExactly(new Effect.Resume());
    }

    @Test
    void deadLettersAreDurableBeforeTheBatchThatPassesThem() {
        lane.accept(rejected(100, "a"), 0, 101, 0);
        Effect.LookUp lookUp = only(Effect.LookUp.class, lane.advance(101, 0, 101, 0));
        assertThat(lookUp.ids()).containsExactly(id("a"));
        assertThat(lookUp.position()).isEqualTo(100);

        Effect.WriteDeadLetters write =
                only(
                        Effect.WriteDeadLetters.class,
                        lane.reply(lookUp.number(), new Reply.Versions(Map.of(id("a"), 42L)), 1));
        assertThat(write.letters())
                .extracting(DeadLetter.Addressed::replacedVersion)
                .containsExactly(42L);

        ApplyBatch batch = sent(lane.reply(write.number(), new Reply.LettersWritten(), 2));
        assertThat(batch.getRecords(0).getRemoval()).isEqualTo(Removal.REMOVAL_REJECTED);
        assertThat(lane.reply(write.number() + 1, new Reply.Applied(101), 3))
                .first()
                .extracting("rejected")
                .isEqualTo(Map.of("rule", 1));
    }

    @Test
    void anEarlierRecordOfTheBatchIsWhatARejectedOneReplaces() {
        lane.accept(upsert(100, "a"), 0, 103, 0);
        lane.accept(rejected(101, "a"), 0, 103, 0);
        lane.accept(rejected(102, "a"), 0, 103, 0);

        Effect.WriteDeadLetters write =
                only(Effect.WriteDeadLetters.class, lane.advance(103, 0, 103, 0));

        assertThat(write.letters())
                .extracting(DeadLetter.Addressed::replacedVersion)
                .containsExactly(100L, null);
    }

    @Test
    void aLetterThatCannotBeWrittenHoldsTheLaneAndIsNotWrittenAgainOnceDurable() {
        lane.accept(rejected(100, null), 0, 101, 0);
        only(Effect.WriteDeadLetters.class, lane.advance(101, 0, 101, 0));
        lane.reply(1, new Reply.Unavailable("no such topic"), 0);
        Effect.WriteDeadLetters again = only(Effect.WriteDeadLetters.class, lane.tick(10));
        Effect.Send send =
                only(Effect.Send.class, lane.reply(again.number(), new Reply.LettersWritten(), 10));
        assertThat(send.batch().getRecordsCount()).isZero();
        lane.reply(send.number(), new Reply.Unavailable("lost"), 11);

        assertThat(lane.tick(lane.deadlineMs())).hasOnlyElementsOfType(Effect.Send.class);
    }

    @Test
    void aBatchTellsItsWaySoFar() {
        lane.accept(upsert(100, "a").along(way(1_000, 1_001)), 0, 103, 0);
        lane.accept(rejected(101, null).along(way(1_000, 1_002)), 0, 103, 0);
        lane.accept(upsert(102, "b").along(way(2_000, 2_001)), 0, 103, 0);
        Effect.WriteDeadLetters write =
                only(Effect.WriteDeadLetters.class, lane.advance(103, 0, 103, 0));

        Effect.Send send =
                only(Effect.Send.class, lane.reply(write.number(), new Reply.LettersWritten(), 1));

        assertThat(send.journey().getReadAtMs()).isEqualTo(1_000);
        assertThat(send.journey().getJudgedAtMs()).isEqualTo(2_001);
        assertThat(send.journey().getRejectedList())
                .containsExactly(
                        RejectedRecord.newBuilder().setOffset(101).setRule("rule").build());
        assertThat(send.journey().getSentAtMs()).as("the driver's to say").isZero();
    }

    private static LaneRecord.Way way(long readAtMs, long judgedAtMs) {
        return new LaneRecord.Way(0, readAtMs, judgedAtMs, null);
    }

    private static LaneRecord upsert(long offset, String id) {
        return LaneRecord.accepted(
                LogRecord.newBuilder()
                        .setOffset(offset)
                        .setId(id(id))
                        .setPoint(ByteString.copyFromUtf8("p"))
                        .build());
    }

    private static LaneRecord rejected(long offset, @Nullable String id) {
        DeadLetter letter =
                new DeadLetter(
                        offset, 0, "rule", "why", new DeadLetter.Original(null, null, List.of()));
        LogRecord removal =
                id == null
                        ? null
                        : LogRecord.newBuilder()
                                .setOffset(offset)
                                .setId(id(id))
                                .setRemoval(Removal.REMOVAL_REJECTED)
                                .build();
        return LaneRecord.rejected(letter, removal);
    }

    private static ByteString id(String id) {
        return ByteString.copyFromUtf8(id);
    }

    private static ApplyBatch sent(List<Effect> effects) {
        return only(Effect.Send.class, effects).batch();
    }

    private static <E extends Effect> E only(Class<E> type, List<Effect> effects) {
        List<E> found = effects.stream().filter(type::isInstance).map(type::cast).toList();
        assertThat(found).as("%s in %s", type.getSimpleName(), effects).hasSize(1);
        return found.getFirst();
    }
}
