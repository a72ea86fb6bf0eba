package io.vectron.standalone.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectron.proto.log.v1.CollectionFacts;
import io.vectron.proto.log.v1.Metric;
import io.vectron.proto.v1.Collection;
import io.vectron.proto.v1.SearchResponse;
import io.vectron.proto.v1.WriteToken;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One dead shard never slows another: the worker of shard A is away while both shards are written.
 *
 * <p>What is asserted about B is that it goes on, not how fast: a bound that a busy machine keeps
 * with ease, and that a task which waited for A could not keep. How long A is away can be set:
 * {@code -Dvectron.test.outage.seconds=300}.
 */
@SuppressWarnings("NullAway.Init")
class DeadShardIT {
    private static final String COLLECTION = "halved";
    private static final int SHARDS = 2;
    private static final Duration OUTAGE =
            Duration.ofSeconds(Integer.getInteger("vectron.test.outage.seconds", 20));

    /** From Kafka's acknowledgement to an answer that has the point. */
    private static final Duration VISIBLE_WITHIN = Duration.ofSeconds(5);

    private static final String LANES = "vectron.collection." + COLLECTION + ".shard.";

    @TempDir static Path folder;

    private static SeveralWorkers system;
    private static Client client;
    private static FlinkMetrics flink;

    private CollectionFacts facts = CollectionFacts.getDefaultInstance();
    private int written;

    @BeforeAll
    static void start() throws Exception {
        system = SeveralWorkers.start(folder, 2);
        client = system.client();
        flink = new FlinkMetrics(system.ports());
    }

    @AfterAll
    static void stop() throws Exception {
        flink.close();
        system.close();
    }

    @Test
    void theOtherShardGoesOnAndThisOneCatchesUp() throws Exception {
        facts = client.create(COLLECTION, 2, Metric.METRIC_EUCLIDEAN, SHARDS).getFacts();
        int dead = shardOf(SeveralWorkers.nameOf(0));
        int alive = shardOf(SeveralWorkers.nameOf(1));
        freshness(dead);
        freshness(alive);
        JobHistory job = JobHistory.of(system.ports());
        String lag = flink.named(LANES + dead + ".generation.1.lagMs");
        Await.value("no lag", () -> flink.value(lag), "0"::equals);

        system.stopWorker(0);
        List<Duration> freshness = new ArrayList<>();
        long end = System.nanoTime() + OUTAGE.toNanos();
        while (System.nanoTime() < end) {
            write(dead);
            freshness.add(freshness(alive));
        }

        report(freshness);
        Await.value(
                "age of the oldest record that waits",
                () -> flink.value(lag),
                ms -> Long.parseLong(ms) > OUTAGE.dividedBy(2).toMillis());
        assertThat(percentile(freshness, 95)).isLessThan(VISIBLE_WITHIN);
        assertThat(percentile(freshness, 100)).isLessThan(OUTAGE.dividedBy(2));
        assertOnlyAnswers(alive, freshness.size() + 1);
        assertThat(JobHistory.of(system.ports())).isEqualTo(job);

        system.startWorker(0);
        Collection caughtUp = client.awaitCaughtUp(COLLECTION);
        assertThat(caughtUp.getPoints()).as("points of both shards").isEqualTo(written);
        assertThat(client.search(COLLECTION, 1, List.of(), 1, 1).getPartial()).isFalse();
        freshness(dead);
        Await.value("no lag again", () -> flink.value(lag), "0"::equals);
        assertThat(JobHistory.of(system.ports())).isEqualTo(job);
    }

    private static int shardOf(String worker) {
        return client.describe(COLLECTION).getShardsList().stream()
                .filter(shard -> shard.getWorker().equals(worker))
                .findFirst()
                .orElseThrow(() -> new AssertionError(worker + " has no shard"))
                .getShard();
    }

    /** Writes a new point to a shard. */
    private WriteToken write(int shard) throws Exception {
        return system.client()
                .kafka()
                .send(facts.getTopic(), nextId(shard), Points.point(1, written));
    }

    /** Writes a new point to a shard, and waits from the acknowledgement until it is there. */
    private Duration freshness(int shard) throws Exception {
        WriteToken token = write(shard);
        long acknowledged = System.nanoTime();
        assertThat(client.get(COLLECTION, idOf(written, shard), token)).isNotNull();
        return Duration.ofNanos(System.nanoTime() - acknowledged);
    }

    private String nextId(int shard) {
        written++;
        return idOf(written, shard);
    }

    private static String idOf(int number, int shard) {
        return Points.idsOf("point-" + number + "-", shard, SHARDS, 1).getFirst();
    }

    private static void assertOnlyAnswers(int alive, int points) {
        SearchResponse partial = client.search(COLLECTION, 1, List.of(), 1, 1);
        assertThat(partial.getPartial()).isTrue();
        assertThat(partial.getShardsAsked()).isEqualTo(SHARDS);
        assertThat(partial.getShardsAnswered()).isEqualTo(1);
        assertThat(partial.getResultsCount()).isEqualTo(1);
        assertThat(Client.watermarks(partial)).containsOnlyKeys(alive);
        assertThat(partial.getFreshness().hasFreshAsOf()).isFalse();
        assertThat(client.describe(COLLECTION).getPoints()).isEqualTo(points);
    }

    private static Duration percentile(List<Duration> durations, int percent) {
        List<Duration> sorted = durations.stream().sorted().toList();
        return sorted.get(Math.min(sorted.size() - 1, sorted.size() * percent / 100));
    }

    private static void report(List<Duration> freshness) {
        System.out.printf(
                "a shard away for %d s; %d writes to the other one visible after"
                        + " p50 %d ms, p95 %d ms, at most %d ms%n",
                OUTAGE.toSeconds(),
                freshness.size(),
                percentile(freshness, 50).toMillis(),
                percentile(freshness, 95).toMillis(),
                percentile(freshness, 100).toMillis());
    }
}
