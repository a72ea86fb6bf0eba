package io.vectron.ingest.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectron.proto.log.v1.Halt;
import io.vectron.proto.log.v1.HaltReason;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LogVerdictTest {
    private static final String TOPIC = "topic";
    private static final long T0 = 1_700_000_000_000L;
    private static final long REMEMBERED = Duration.ofDays(7).toMillis();
    private static final long HORIZON = LogVerdict.horizonMs(REMEMBERED);

    @Test
    void theHorizonIsWhatTheLogRemembersLessATenth() {
        assertThat(Duration.ofMillis(HORIZON))
                .isEqualTo(Duration.ofDays(7).multipliedBy(9).dividedBy(10));
        assertThat(LogVerdict.horizonMs(1)).isEqualTo(1);
    }

    @Test
    void aShardWithinItsLogGoesOn() {
        assertThat(judge(place(5, 0), look(5, 9), null)).isNull();
        assertThat(judge(place(9, 0), look(0, 9), null)).isNull();
        assertThat(judge(place(0, 0), look(0, 0), null)).isNull();
    }

    @Test
    void aTopicMadeAnewIsAnotherLogWhateverItsOffsets() {
        LogLook other = new LogLook("other", 0, 9, REMEMBERED);
        assertThat(judge(place(5, 0), other, null)).isEqualTo(HaltReason.HALT_REASON_OTHER_TOPIC);
    }

    @ParameterizedTest
    @CsvSource({"4, true", "5, false", "6, false"})
    void whatWasDeletedBelowThePositionIsNotMissed(long position, boolean halts) {
        HaltReason reason = judge(place(position, 0), look(5, 9), null);
        assertThat(reason).isEqualTo(halts ? HaltReason.HALT_REASON_BELOW_START : null);
    }

    @Test
    void aNewShardDoesNotPassOverADeletedBeginning() {
        assertThat(judge(place(0, 0), look(1, 9), null))
                .isEqualTo(HaltReason.HALT_REASON_BELOW_START);
    }

    @Test
    void aPositionBehindTheEndIsTheReadersWord() {
        // A look at the end may be old news of a new leader; Kafka's refusal to read is not.
        assertThat(judge(place(12, 0), look(0, 9), null)).isNull();
        assertThat(judge(place(12, 0), look(0, 9), cut(12, -1)))
                .isEqualTo(HaltReason.HALT_REASON_BEYOND_END);
        assertThat(judge(place(12, 0), look(0, 30), cut(12, -1)))
                .as("it has grown again since")
                .isEqualTo(HaltReason.HALT_REASON_OTHER_EPOCH);
    }

    @ParameterizedTest
    @CsvSource({"20, 15, 14, false", "20, 15, 15, false", "20, 15, 16, true", "20, -1, 19, false"})
    void aLogCutOffConcernsWhoHasAppliedWhatIsGone(
            long met, long epochEnd, long position, boolean halts) {
        assertThat(judge(place(position, 0), look(0, 40), cut(met, epochEnd)))
                .isEqualTo(halts ? HaltReason.HALT_REASON_OTHER_EPOCH : null);
    }

    @ParameterizedTest
    @CsvSource({"0, false", "1, true"})
    void theHorizonIsExact(long beyondMs, boolean outdated) {
        assertThat(judge(place(5, HORIZON + beyondMs), look(0, 9), null))
                .isEqualTo(outdated ? HaltReason.HALT_REASON_OUTDATED : null);
    }

    @Test
    void whoIsAtTheEndHasMissedNothingHoweverLongItWasAway() {
        assertThat(judge(place(9, 10 * HORIZON), look(0, 9), null)).isNull();
    }

    @Test
    void aLogThatIsNotCompactedForgetsNothing() {
        LogLook full = new LogLook(TOPIC, 0, 9, LogLook.FOR_EVER);
        assertThat(judge(place(5, 10 * HORIZON), full, null)).isNull();
    }

    @Test
    void whoHasAppliedNothingHasNothingThatCouldBeDeleted() {
        ShardPlace fresh = new ShardPlace(TOPIC, 4, -1, 0, T0, 4);
        assertThat(judge(fresh, look(0, 9), null)).isNull();
    }

    @Test
    void aShardThatDoesNotKnowWhenIsOutdated() {
        ShardPlace unknown = new ShardPlace(TOPIC, 5, -1, 0, T0, 0);
        assertThat(judge(unknown, look(0, 9), null)).isEqualTo(HaltReason.HALT_REASON_OUTDATED);
    }

    @Test
    void aDeletedBeginningWeighsMoreThanTheHorizon() {
        // Made anew from what is left, it would lose points without anybody's decision.
        assertThat(judge(place(4, 10 * HORIZON), look(5, 9), null))
                .isEqualTo(HaltReason.HALT_REASON_BELOW_START);
    }

    @Test
    void itTellsWhatWasExpectedAndWhatWasFound() {
        Halt halt =
                LogVerdict.of(new ShardPlace(TOPIC, 12, 3, T0, T0 + 1, 0), look(2, 9), cut(12, 8));
        assertThat(halt)
                .isEqualTo(
                        Halt.newBuilder()
                                .setReason(HaltReason.HALT_REASON_BEYOND_END)
                                .setPosition(12)
                                .setLeaderEpoch(3)
                                .setLogStart(2)
                                .setLogEnd(9)
                                .setEpochEnd(8)
                                .setFoundTopicId(TOPIC)
                                .setCompleteAtMs(T0)
                                .setRememberedMs(REMEMBERED)
                                .build());
    }

    private static @Nullable HaltReason judge(
            ShardPlace place, LogLook look, @Nullable LogWasCut cut) {
        Halt halt = LogVerdict.of(place, look, cut);
        return halt == null ? null : halt.getReason();
    }

    private static ShardPlace place(long position, long awayMs) {
        return new ShardPlace(TOPIC, position, -1, T0, T0 + awayMs, 0);
    }

    private static LogLook look(long start, long end) {
        return new LogLook(TOPIC, start, end, REMEMBERED);
    }

    private static LogWasCut cut(long position, long epochEnd) {
        return new LogWasCut("group", position, epochEnd);
    }
}
