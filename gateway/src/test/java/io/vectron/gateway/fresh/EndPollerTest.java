package io.vectron.gateway.fresh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vectron.gateway.config.FreshnessConfig;
import io.vectron.gateway.fake.InMemoryLog;
import io.vectron.gateway.write.LogAppend;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class EndPollerTest {

    private static final String TOPIC = "vectron.films.00000000.1";
    private static final FreshnessConfig CONFIG =
            new FreshnessConfig(
                    Duration.ofMillis(100), Duration.ofSeconds(10), Duration.ofMillis(300), 16, 10);

    /** A clock that stands still until it is told. */
    private static final class StoppedClock implements GatewayClock {
        private long millis;

        void pass(long milliseconds) {
            millis += milliseconds;
        }

        @Override
        public Moment now() {
            return new Moment(millis * 1_000_000, Instant.ofEpochMilli(millis));
        }
    }

    private final StoppedClock clock = new StoppedClock();
    private final InMemoryLog log = new InMemoryLog();

    @Test
    void asksOnceForAllLogsAndOnlyWhileTheyAreRead() {
        log.createTopic(TOPIC, 2);
        log.createTopic("vectron.other.00000000.1", 1);
        EndPoller poller = new EndPoller(log, clock, CONFIG);
        assertThat(poller.look()).as("nobody reads").isFalse();
        assertThat(log.endsAsked()).isZero();

        FollowedLog films = poller.follow(TOPIC, 2);
        poller.follow("vectron.other.00000000.1", 1);
        assertThat(poller.look()).isTrue();
        assertThat(log.endsAsked()).isEqualTo(1);
        assertThat(films.end(0)).isZero();

        assertThat(poller.look()).as("again at once").isTrue();
        assertThat(log.endsAsked()).as("coalesced").isEqualTo(1);

        clock.pass(10_001);
        assertThat(poller.look()).as("idle").isFalse();
        assertThat(log.endsAsked()).isEqualTo(1);
    }

    @Test
    void theFirstAnswerWaitsForALook() throws Exception {
        log.createTopic(TOPIC, 1);
        EndPoller poller = new EndPoller(log, clock, CONFIG);
        FollowedLog films = poller.follow(TOPIC, 1);
        assertThat(films.awaitFirstLook(Duration.ZERO)).isFalse();
        poller.look();
        assertThat(films.awaitFirstLook(Duration.ZERO)).isTrue();

        clock.pass(60_000);
        poller.follow(TOPIC, 1);
        assertThat(films.awaitFirstLook(Duration.ZERO)).as("idle in between").isFalse();
        poller.look();
        assertThat(films.awaitFirstLook(Duration.ZERO)).isTrue();
    }

    @Test
    void aPartitionThatDoesNotAnswerIsAskedOnceAndDelaysNobody() {
        log.createTopic(TOPIC, 2);
        log.silence(new LogPartition(TOPIC, 1));
        EndPoller poller = new EndPoller(log, clock, CONFIG);
        FollowedLog films = poller.follow(TOPIC, 2);
        poller.look();
        log.produce(new LogAppend(TOPIC, 0, "a", null));
        clock.pass(100);
        poller.look();

        assertThat(films.end(0)).isEqualTo(1);
        assertThat(films.end(1)).isEqualTo(-1);
        assertThat(films.freshAsOf(Map.of(0, 1L))).isEqualTo(Instant.ofEpochMilli(100));
        assertThat(films.freshAsOf(Map.of(0, 1L, 1, 1L))).isNull();
    }

    @Test
    void isTheMinimumOverShards() {
        log.createTopic(TOPIC, 2);
        EndPoller poller = new EndPoller(log, clock, CONFIG);
        FollowedLog films = poller.follow(TOPIC, 2);
        poller.look();
        clock.pass(100);
        log.produce(new LogAppend(TOPIC, 1, "a", null));
        poller.look();

        assertThat(films.freshAsOf(Map.of(0, 0L, 1, 1L))).isEqualTo(Instant.ofEpochMilli(100));
        assertThat(films.freshAsOf(Map.of(0, 0L, 1, 0L))).isEqualTo(Instant.ofEpochMilli(0));
        assertThat(films.freshAsOf(Map.of())).isNull();
    }

    @Test
    void survivesATopicThatIsGoneAndAClientThatThrows() {
        EndPoller poller = new EndPoller(log, clock, CONFIG);
        FollowedLog gone = poller.follow(TOPIC, 1);
        poller.look();
        assertThat(gone.end(0)).isEqualTo(-1);

        LogEnds broken =
                new LogEnds() {
                    @Override
                    public Map<LogPartition, CompletableFuture<Long>> ends(
                            Set<LogPartition> partitions) {
                        throw new IllegalStateException("closed");
                    }

                    @Override
                    public CompletableFuture<Integer> reach() {
                        return log.reach();
                    }

                    @Override
                    public void close() {}
                };
        EndPoller other = new EndPoller(broken, clock, CONFIG);
        other.follow(TOPIC, 1);
        assertThat(other.look()).isTrue();
        clock.pass(100);
        assertThat(other.look()).isTrue();
    }

    @Test
    void remembersNoMorePartitionsThanItsLimit() {
        EndPoller poller = new EndPoller(log, clock, CONFIG);
        for (int i = 0; i < 5; i++) {
            log.createTopic("vectron.t.0." + i, 4);
            poller.follow("vectron.t.0." + i, 4);
            poller.look();
            assertThat(poller.trackedPartitions()).isLessThanOrEqualTo(10);
            clock.pass(i == 1 ? 1 : 6_000);
        }
        assertThat(poller.follow("vectron.t.0.4", 4).end(0)).isZero();
    }

    @Test
    void asksNoMoreForATopicThatIsNotInUse() {
        EndPoller poller = new EndPoller(log, clock, CONFIG);
        log.createTopic("vectron.kept.0.1", 1);
        log.createTopic("vectron.gone.0.1", 2);
        poller.follow("vectron.kept.0.1", 1);
        poller.follow("vectron.gone.0.1", 2);
        poller.retain(Set.of("vectron.kept.0.1"));
        assertThat(poller.trackedPartitions()).isEqualTo(1);
        assertThat(poller.look()).isTrue();
        poller.retain(Set.of());
        assertThat(poller.look()).isFalse();
    }

    @Test
    void aThreadKeepsLooking() throws Exception {
        log.createTopic(TOPIC, 1);
        try (EndPoller poller = new EndPoller(log, GatewayClock.SYSTEM, CONFIG)) {
            poller.start();
            FollowedLog films = poller.follow(TOPIC, 1);
            assertThat(films.awaitFirstLook(Duration.ofSeconds(10))).isTrue();
            log.produce(new LogAppend(TOPIC, 0, "a", null));
            long end = System.nanoTime() + 10_000_000_000L;
            while (films.end(0) != 1) {
                assertThat(System.nanoTime()).isLessThan(end);
                Thread.onSpinWait();
            }
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void freshAsOfIsAPromise(long seed) {
        run(seed, false);
    }

    /** An end that is older than its time: what a time taken after the answer amounts to. */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void theCheckCatchesAnEndThatIsDatedTooLate(long seed) {
        assertThatThrownBy(() -> run(seed, true))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("was in the log at that time");
    }

    /** Random writes, looks that take time, and answers; every answer's time is checked. */
    private void run(long seed, boolean lie) {
        Random random = new Random(seed);
        log.createTopic(TOPIC, 2);
        List<long[]> written = new ArrayList<>(); // time, partition, offset
        LogEnds slow =
                new LogEnds() {
                    @Override
                    public Map<LogPartition, CompletableFuture<Long>> ends(
                            Set<LogPartition> partitions) {
                        // Kafka reads its ends at some moment while the question is under way.
                        write(random, written);
                        Map<LogPartition, CompletableFuture<Long>> ends = log.ends(partitions);
                        if (lie) {
                            ends = new HashMap<>(ends);
                            ends.replaceAll(
                                    (partition, end) -> end.thenApply(EndPollerTest::early));
                        }
                        write(random, written);
                        return ends;
                    }

                    @Override
                    public CompletableFuture<Integer> reach() {
                        return log.reach();
                    }

                    @Override
                    public void close() {}
                };
        EndPoller poller = new EndPoller(slow, clock, CONFIG);
        for (int step = 0; step < 300; step++) {
            FollowedLog films = poller.follow(TOPIC, 2);
            write(random, written);
            poller.look();
            clock.pass(50 + random.nextInt(100));
            Map<Integer, Long> positions = new HashMap<>();
            for (int shard = 0; shard < 2; shard++) {
                int end = log.read(new LogPartition(TOPIC, shard)).size();
                positions.put(shard, (long) Math.max(0, end - random.nextInt(8)));
            }
            Instant freshAsOf = films.freshAsOf(positions);
            if (freshAsOf != null) {
                for (long[] record : written) {
                    if (record[0] <= freshAsOf.toEpochMilli()) {
                        assertThat(record[2])
                                .as("a record was in the log at that time")
                                .isLessThan(positions.getOrDefault((int) record[1], 0L));
                    }
                }
            }
        }
    }

    private static Long early(Long end) {
        return Math.max(0, end - 3);
    }

    private void write(Random random, List<long[]> written) {
        clock.pass(1);
        for (int i = random.nextInt(3); i > 0; i--) {
            int shard = random.nextInt(2);
            long offset = log.produce(new LogAppend(TOPIC, shard, "id", null));
            written.add(new long[] {clock.now().wall().toEpochMilli(), shard, offset});
        }
        clock.pass(1);
    }
}
