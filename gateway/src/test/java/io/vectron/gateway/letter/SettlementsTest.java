package io.vectron.gateway.letter;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Deadline;
import io.vectron.common.log.Headers;
import io.vectron.gateway.fake.InMemoryLog;
import io.vectron.gateway.fresh.LogPartition;
import io.vectron.gateway.letter.Settlements.Known;
import io.vectron.gateway.log.Budget;
import io.vectron.gateway.log.LogHeader;
import io.vectron.gateway.log.LogReader.Visibility;
import io.vectron.gateway.log.LogSession;
import io.vectron.gateway.log.LogSession.Limits;
import io.vectron.gateway.write.LogAppend;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SettlementsTest {
    private static final String TOPIC = "vectron.films.00000000.1.dlq";
    private static final LogPartition DLQ = new LogPartition(TOPIC, 0);

    private final InMemoryLog log = new InMemoryLog();
    private final LogSession session;

    SettlementsTest() {
        log.createTopic(TOPIC, 1);
        log.createTopic(TOPIC + "2", 1);
        session = log.open(Visibility.COMMITTED, soon());
    }

    /** Whatever is settled in whatever order, and however little is remembered, none is wrong. */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void tellsExactlyWhatIsSettledHoweverSmallItsWindow(long seed) throws Exception {
        Random random = new Random(seed);
        Settlements settlements = new Settlements(1, 1 + random.nextInt(4));
        List<Long> letters = new ArrayList<>();
        Set<Long> settled = new TreeSet<>();
        for (int step = 0; step < 200; step++) {
            int what = random.nextInt(10);
            if (what < 4 || letters.isEmpty()) {
                letters.add(letter());
            } else if (what < 8) {
                long letter = letters.get(random.nextInt(letters.size()));
                settle(letter);
                settled.add(letter);
            } else {
                int from = random.nextInt(letters.size());
                int to = from + 1 + random.nextInt(letters.size() - from);
                assertThat(all(settlements, letters.subList(from, to)))
                        .isEqualTo(among(settled, letters.subList(from, to)));
            }
        }
        assertThat(all(settlements, letters)).isEqualTo(settled);
    }

    @Test
    void goesOnWhereTheBudgetEnded() throws Exception {
        Settlements settlements = new Settlements(1, 100);
        long first = letter();
        for (int i = 0; i < 10; i++) {
            long unused = letter();
            assertThat(unused).isPositive();
        }
        settle(first);

        Known once = ask(settlements, List.of(first), new Budget(new Limits(5, 1 << 20)));
        Known twice = ask(settlements, List.of(first), new Budget(new Limits(5, 1 << 20)));
        Known last = ask(settlements, List.of(first), new Budget(new Limits(5, 1 << 20)));

        assertThat(once).isEqualTo(new Known.Unfinished(5));
        assertThat(twice).isEqualTo(new Known.Unfinished(10));
        assertThat(last)
                .isInstanceOfSatisfying(
                        Known.Complete.class,
                        known -> assertThat(known.byLetter()).containsOnlyKeys(first));
    }

    @Test
    void theWindowOfAPartitionLeastLatelyUsedGoes() throws Exception {
        Settlements settlements = new Settlements(1, 100);
        long letter = letter();
        for (int i = 0; i < 4; i++) {
            settle(letter);
        }
        Limits all = new Limits(5, 1 << 20);
        assertThat(ask(settlements, List.of(letter), new Budget(all)))
                .isInstanceOf(Known.Complete.class);
        assertThat(ask(settlements, List.of(letter), new Budget(new Limits(1, 1))))
                .as("nothing is read twice")
                .isInstanceOf(Known.Complete.class);

        LogPartition other = new LogPartition(TOPIC + "2", 0);
        long elsewhere = log.produce(new LogAppend(other.topic(), 0, null, null, List.of()));
        settlements.of(session, other, List.of(elsewhere), Budget.unlimited(), soon());

        assertThat(ask(settlements, List.of(letter), new Budget(new Limits(1, 1))))
                .isInstanceOf(Known.Unfinished.class);
    }

    private Set<Long> all(Settlements settlements, List<Long> letters) throws Exception {
        Set<Long> found = new TreeSet<>();
        List<Long> open = letters;
        while (!open.isEmpty()) {
            Known known = ask(settlements, open, Budget.unlimited());
            assertThat(known).isInstanceOf(Known.Complete.class);
            Known.Complete complete = (Known.Complete) known;
            found.addAll(complete.byLetter().keySet());
            List<Long> rest = open.stream().filter(one -> one >= complete.until()).toList();
            assertThat(rest).as("each question gets on").hasSizeLessThan(open.size());
            open = rest;
        }
        return found;
    }

    private Known ask(Settlements settlements, List<Long> letters, Budget budget) throws Exception {
        return settlements.of(session, DLQ, letters, budget, soon());
    }

    private static Set<Long> among(Set<Long> settled, List<Long> letters) {
        Set<Long> among = new TreeSet<>(settled);
        among.retainAll(letters);
        return among;
    }

    private long letter() {
        List<LogHeader> headers =
                List.of(
                        LogHeader.of(Headers.RULE, "vector_zero"),
                        LogHeader.of(Headers.SOURCE_PARTITION, "0"),
                        LogHeader.of(Headers.SOURCE_OFFSET, "0"));
        return log.produce(new LogAppend(TOPIC, 0, null, null, headers));
    }

    private void settle(long letter) {
        log.produce(
                new LogAppend(
                        TOPIC, 0, null, null, DlqRecord.settling(new LetterId(0, letter), null)));
    }

    private static Deadline soon() {
        return Deadline.after(20, TimeUnit.SECONDS);
    }
}
