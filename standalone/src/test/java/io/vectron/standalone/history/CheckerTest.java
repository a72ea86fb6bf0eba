package io.vectron.standalone.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vectron.standalone.history.Operation.Census;
import io.vectron.standalone.history.Operation.Member;
import io.vectron.standalone.history.Operation.Read;
import io.vectron.standalone.history.Operation.ReadOutcome.Answer;
import io.vectron.standalone.history.Operation.Write;
import io.vectron.standalone.history.Operation.WriteOutcome.Acknowledged;
import io.vectron.standalone.history.Operation.WriteOutcome.Unanswered;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Each violation by the smallest history that has it. */
class CheckerTest {
    private final History history = new History(1, 1_000);
    private final List<LogRecord> log = new ArrayList<>();
    private long clock;

    @Test
    void anAnswerThatIsTheStateAtItsPositionIsFine() {
        put("a", 1);
        put("b", 2);
        delete("b");
        put("a", 3);
        read(new Question.All(), 0);
        read(new Question.All(), 2, shown("a", 0, 1), shown("b", 1, 2));
        read(new Question.All(), 3, shown("a", 0, 1));
        read(new Question.Nearest(), 4, shown("a", 3, 3));
        read(new Question.Nearest(), 4);
        read(new Question.Keys(List.of("a", "b", "c")), 4, shown("a", 3, 3));
        assertThat(check().lines()).isEmpty();
        assertThat(check().answers()).isEqualTo(6);
    }

    @Test
    void anAcknowledgedWriteThatTheLogLacks() {
        put("a", 1);
        log.clear();
        finds(Violation.LostFromLog.class);
    }

    @Test
    void anAcknowledgedWriteWhosePlaceHoldsAnother() {
        put("a", 1);
        log.set(0, new LogRecord(0, 0, "a", new Change.Delete()));
        finds(Violation.LostFromLog.class);
    }

    @Test
    void aWriteThatWasNotAcknowledgedMayBeThereOrNot() {
        unanswered("a", 1);
        unanswered("b", 2);
        log.add(new LogRecord(0, 0, "b", new Change.Put(2)));
        assertThat(check().lines()).isEmpty();
    }

    @Test
    void aWriteThatIsThereTwice() {
        put("a", 1);
        log.add(new LogRecord(0, 1, "a", new Change.Put(1)));
        finds(Violation.WrittenTwice.class);
    }

    @Test
    void aRecordThatNobodyWrote() {
        log.add(new LogRecord(0, 0, "a", new Change.Put(7)));
        finds(Violation.NobodysRecord.class);
    }

    @Test
    void writesInTheWrongOrder() {
        log.add(new LogRecord(0, 0, "b", new Change.Put(2)));
        log.add(new LogRecord(0, 1, "a", new Change.Put(1)));
        acknowledged("a", new Change.Put(1), 1);
        acknowledged("b", new Change.Put(2), 0);
        finds(Violation.OutOfOrder.class);
    }

    @Test
    void aPositionBehindTheEnd() {
        put("a", 1);
        read(new Question.Nearest(), 2, shown("a", 0, 1));
        finds(Violation.BeyondTheLog.class);
    }

    @Test
    void aValueThatNobodyWrote() {
        put("a", 1);
        read(new Question.Nearest(), 1, shown("a", 0, 9));
        finds(Violation.Invented.class);
    }

    @Test
    void aVersionOfAnotherKey() {
        put("a", 1);
        put("b", 2);
        read(new Question.Nearest(), 2, shown("a", 1, 2));
        finds(Violation.Invented.class);
    }

    @Test
    void aRowBeforeItsTime() {
        put("a", 1);
        read(new Question.Nearest(), 0, shown("a", 0, 1));
        finds(Violation.TooEarly.class);
    }

    @Test
    void anOldVersion() {
        put("a", 1);
        put("a", 2);
        read(new Question.Nearest(), 2, shown("a", 0, 1));
        finds(Violation.Overtaken.class);
    }

    @Test
    void aDeletedRow() {
        put("a", 1);
        delete("a");
        read(new Question.Nearest(), 2, shown("a", 0, 1));
        finds(Violation.Risen.class);
    }

    @Test
    void aRowThatIsMissing() {
        put("a", 1);
        put("b", 2);
        read(new Question.All(), 2, shown("a", 0, 1));
        finds(Violation.Missing.class);
    }

    @Test
    void aKeyThatIsNotFound() {
        put("a", 1);
        read(new Question.Keys(List.of("a")), 1);
        finds(Violation.Missing.class);
    }

    @Test
    void aRowTwice() {
        put("a", 1);
        read(new Question.All(), 1, shown("a", 0, 1), shown("a", 0, 1));
        finds(Violation.ShownTwice.class);
    }

    @Test
    void anAnswerBelowTheToken() {
        put("a", 1);
        put("a", 2);
        add(
                new Question.Nearest(),
                Map.of(0, 1L),
                false,
                new Answer(Map.of(0, 1L), List.of(), null, Answer.NOT_SAID));
        finds(Violation.BelowToken.class);
    }

    @Test
    void anAnswerThatIsOlderThanItSays() {
        put("a", 1);
        add(
                new Question.Nearest(),
                Map.of(),
                false,
                new Answer(Map.of(0, 0L), List.of(), null, clock + 1));
        finds(Violation.NotSoFresh.class);
    }

    @Test
    void aWriteAtTheVeryMomentNeedNotBeIncluded() {
        put("a", 1);
        add(
                new Question.Nearest(),
                Map.of(),
                false,
                new Answer(Map.of(0, 0L), List.of(), null, clock));
        assertThat(check().lines()).isEmpty();
    }

    @Test
    void aReplicaThatGoesBack() {
        put("a", 1);
        direct("1", 1);
        direct("1", 0);
        finds(Violation.WentBack.class);
    }

    @Test
    void aReplicaMayGoBackWhenItStartsAnew() {
        put("a", 1);
        direct("1", 1);
        direct("2", 0);
        assertThat(check().lines()).isEmpty();
    }

    @Test
    void readsAtTheSameTimeMayMeetInAnyOrder() {
        put("a", 1);
        Replica replica = new Replica("worker-1", "1");
        history.add(number ->
                new Read(
                        number,
                        "x",
                        new Span(10, 30),
                        new Question.Nearest(),
                        Map.of(),
                        false,
                        new Answer(Map.of(0, 1L), List.of(), replica, Answer.NOT_SAID)));
        history.add(number ->
                new Read(
                        number,
                        "y",
                        new Span(20, 40),
                        new Question.Nearest(),
                        Map.of(),
                        false,
                        new Answer(Map.of(0, 0L), List.of(), replica, Answer.NOT_SAID)));
        assertThat(check().lines()).isEmpty();
    }

    @Test
    void theLastAnswerIsNotAtTheEnd() {
        put("a", 1);
        put("a", 2);
        add(
                new Question.All(),
                Map.of(),
                true,
                new Answer(Map.of(0, 1L), List.of(shown("a", 0, 1)), null, Answer.NOT_SAID));
        finds(Violation.NotAtTheEnd.class);
    }

    @Test
    void membersThatAreNotAlike() {
        List<Member> members = List.of(new Member("x", 1, "aa"), new Member("y", 1, "bb"));
        history.add(number -> new Census(number, "census", new Span(1, 2), 0, members));
        finds(Violation.MembersDiffer.class);
    }

    @Test
    void ofManyViolationsSomeAreKeptAndAllAreCounted() {
        put("a", 1);
        for (int i = 0; i < 2 * Verdict.KEPT; i++) {
            read(new Question.All(), 1);
        }
        Verdict verdict = check();
        assertThat(verdict.violations()).hasSize(Verdict.KEPT);
        assertThat(verdict.total()).isEqualTo(2 * Verdict.KEPT);
        assertThat(verdict.lines().getLast()).isEqualTo("and " + Verdict.KEPT + " more");
    }

    @Test
    void aHistoryHasALimit() {
        History small = new History(1, 2);
        assertThat(small.add(number -> write(number, "a", new Unanswered("")))).isTrue();
        assertThat(small.full()).isFalse();
        assertThat(small.add(number -> write(number, "a", new Unanswered("")))).isFalse();
        assertThat(small.full()).isTrue();
    }

    @Test
    void aLogOfAnotherCollectionIsRefused() {
        assertThatThrownBy(() -> Checker.check(history, Log.of(2, List.of())))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private void finds(Class<? extends Violation> kind) {
        Verdict verdict = check();
        assertThat(verdict.violations()).hasSize(1).first().isInstanceOf(kind);
        assertThat(verdict.lines()).isNotEmpty();
    }

    private Verdict check() {
        return Checker.check(history, Log.of(1, log));
    }

    private void put(String key, long stamp) {
        logged(key, new Change.Put(stamp));
    }

    private void delete(String key) {
        logged(key, new Change.Delete());
    }

    private void logged(String key, Change change) {
        log.add(new LogRecord(0, log.size(), key, change));
        acknowledged(key, change, log.size() - 1);
    }

    private void acknowledged(String key, Change change, long offset) {
        Span span = new Span(++clock, ++clock);
        Acknowledged place = new Acknowledged(0, offset, clock);
        history.add(number -> new Write(number, "writer", span, key, change, place));
    }

    private void unanswered(String key, long stamp) {
        history.add(number -> write(number, key, new Unanswered("too slow"), stamp));
    }

    private static Write write(long number, String key, Unanswered outcome) {
        return write(number, key, outcome, 1);
    }

    private static Write write(long number, String key, Unanswered outcome, long stamp) {
        return new Write(number, "writer", new Span(0, 1), key, new Change.Put(stamp), outcome);
    }

    private static Shown shown(String key, long version, long stamp) {
        return new Shown(0, key, version, stamp);
    }

    private void read(Question question, long position, Shown... shown) {
        add(
                question,
                Map.of(),
                false,
                new Answer(Map.of(0, position), List.of(shown), null, Answer.NOT_SAID));
    }

    private void direct(String incarnation, long position) {
        @Nullable Replica replica = new Replica("worker-1", incarnation);
        add(
                new Question.Nearest(),
                Map.of(),
                false,
                new Answer(Map.of(0, position), List.of(), replica, Answer.NOT_SAID));
    }

    private void add(Question question, Map<Integer, Long> floor, boolean last, Answer answer) {
        Span span = new Span(++clock, ++clock);
        history.add(number -> new Read(number, "reader", span, question, floor, last, answer));
    }
}
