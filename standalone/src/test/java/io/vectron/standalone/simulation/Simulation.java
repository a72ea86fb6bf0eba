package io.vectron.standalone.simulation;

import io.vectron.common.digest.Digest;
import io.vectron.common.digest.DigestAccumulator;
import io.vectron.ingest.lane.LaneLimits;
import io.vectron.ingest.lane.LaneTarget;
import io.vectron.ingest.lane.Reply;
import io.vectron.proto.log.v1.ApplyBatch;
import io.vectron.proto.log.v1.CollectionFacts;
import io.vectron.proto.log.v1.Metric;
import io.vectron.proto.log.v1.VectorSpec;
import io.vectron.replication.RaftPosition;
import io.vectron.worker.shard.PointIndex;
import io.vectron.worker.shard.ShardFacts;
import io.vectron.worker.shard.StoredRow;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * One partition, one replica and one or two jobs that feed it, on one thread and a clock of its
 * own. Messages are delayed (so they overtake each other), lost and doubled; the replica is killed
 * between any two steps and now and then loses its disk; jobs die and are replaced while their
 * messages are still on the way.
 *
 * <p>The invariants are checked at each step that could break them; see {@link Violation}.
 */
final class Simulation {
    private static final UUID GROUP = new UUID(1, 2);
    private static final LaneTarget TARGET = new LaneTarget(GROUP.toString(), "topic-id", 0);

    final SimulatedLog log = new SimulatedLog();
    final SplittableRandom random;
    final TreeSet<Long> deadLetters = new TreeSet<>();
    private final SimulatedShard shard;
    private final List<SimulatedJob> jobs = new ArrayList<>();
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private long now;
    private long sequence;
    private long served; // largest watermark that a reader may have seen
    private boolean calm;

    /** Something that happens at a time. */
    private record Event(long atMs, long sequence, Runnable action) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            int byTime = Long.compare(atMs, other.atMs);
            return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
        }
    }

    /** A broken promise, by its name. */
    static final class Violation extends RuntimeException {
        private static final long serialVersionUID = 1;

        Violation(String invariant, String what) {
            super(invariant + ": " + what);
        }
    }

    Simulation(long seed) {
        this(seed, SimulatedIndex::new, UnaryOperator.identity());
    }

    /** A run with a planted bug in the index or on the way to the state machine. */
    Simulation(
            long seed,
            Function<SimulatedIndex.Watcher, PointIndex> index,
            UnaryOperator<ApplyBatch> sabotage) {
        random = new SplittableRandom(seed);
        shard = new SimulatedShard(facts(), () -> index.apply(this::published), sabotage);
    }

    private static ShardFacts facts() {
        VectorSpec vector =
                VectorSpec.newBuilder().setDimension(2).setMetric(Metric.METRIC_EUCLIDEAN).build();
        CollectionFacts collection =
                CollectionFacts.newBuilder()
                        .setId(new UUID(3, 4).toString())
                        .setName("simulated")
                        .addVectors(vector)
                        .setShards(1)
                        .build();
        return new ShardFacts(GROUP, collection, TARGET.topicId(), 0, 1, 1);
    }

    /** Runs the faults, then a calm time in which all must settle. */
    void run(int steps) {
        startJob();
        for (int step = 0; step < steps; step++) {
            if (random.nextInt(3) == 0) {
                log.append(random);
            }
            disturb();
            advance();
        }
        calm = true;
        if (!shard.isUp()) {
            restart();
        }
        settle();
        served = 0; // a new incarnation begins at zero
        shard.wipe(); // nothing is written any more, and yet the job must notice
        settle();
    }

    private void settle() {
        for (int step = 0; step < 20_000 && !settled(); step++) {
            advance();
        }
        settledAsTheLawSays();
    }

    private boolean settled() {
        return shard.isUp() && shard.position() == log.end();
    }

    private void disturb() {
        switch (random.nextInt(120)) {
            case 0, 1 -> {
                if (shard.isUp()) {
                    shard.kill();
                }
            }
            case 2, 3, 4, 5 -> {
                if (!shard.isUp()) {
                    restart();
                }
            }
            case 6 -> startJob();
            case 7 -> shard.store().makeDurable();
            case 8 -> {
                if (shard.isUp()) {
                    shard.raiseEpoch();
                }
            }
            case 9 -> {
                if (shard.isUp() && random.nextInt(10) == 0) {
                    served = 0; // a new incarnation begins at zero
                    shard.wipe();
                }
            }
            default -> {}
        }
    }

    private void restart() {
        shard.start();
        serve();
    }

    /** A job that begins where the shard stands; the former one may be a zombie for a while. */
    private void startJob() {
        if (!shard.isUp()) {
            return;
        }
        if (jobs.size() > 1) {
            jobs.removeFirst().end();
        }
        jobs.add(new SimulatedJob(this, TARGET, limits(), shard.epoch(), shard.position()));
    }

    private static LaneLimits limits() {
        return new LaneLimits(4, 100_000, 2, 5, 4_000, 2_000, 100, new LaneLimits.Retry(5, 50));
    }

    private void advance() {
        now += 1 + random.nextInt(4);
        for (SimulatedJob job : jobs) {
            job.step(now);
        }
        while (!events.isEmpty() && events.peek().atMs() <= now) {
            events.remove().action().run();
        }
    }

    long now() {
        return now;
    }

    /** Epoch as the view tells it. */
    long viewEpoch() {
        return shard.isUp() ? shard.epoch() : 0;
    }

    void at(long delayMs, Runnable action) {
        events.add(new Event(now + delayMs, sequence++, action));
    }

    boolean faulty(int oneIn) {
        return !calm && random.nextInt(oneIn) == 0;
    }

    /** The network carries a batch to the shard, perhaps twice, perhaps not at all. */
    void send(ApplyBatch batch, SimulatedJob.Answer answer) {
        at(100 + random.nextInt(50), () -> answer.take(new Reply.Unavailable("no answer in time")));
        if (faulty(12)) {
            return;
        }
        at(random.nextInt(60), () -> deliver(batch, answer));
        if (faulty(10)) {
            at(random.nextInt(400), () -> deliver(batch, ignored -> {}));
        }
    }

    /** Asks the shard where it stands. */
    void check(SimulatedJob.Answer answer) {
        at(
                random.nextInt(20),
                () ->
                        answer.take(
                                shard.isUp() && !faulty(10)
                                        ? new Reply.Applied(shard.position())
                                        : new Reply.Unavailable("down")));
    }

    private void deliver(ApplyBatch batch, SimulatedJob.Answer answer) {
        if (!shard.isUp()) {
            answer.take(new Reply.Unavailable("down"));
            return;
        }
        RaftPosition at = shard.log(batch);
        if (faulty(40)) {
            shard.kill();
            return;
        }
        Reply reply = shard.apply(at);
        serve();
        if (reply instanceof Reply.Applied) {
            lettersAreDurable();
        }
        if (!faulty(15)) {
            at(random.nextInt(20), () -> answer.take(reply));
        }
    }

    /** Asks the shard for versions. */
    void lookUp(List<com.google.protobuf.ByteString> ids, SimulatedJob.Answer answer) {
        at(
                random.nextInt(20),
                () ->
                        answer.take(
                                shard.isUp() && !faulty(10)
                                        ? shard.versions(ids)
                                        : new Reply.Unavailable("down")));
    }

    private void published(long position, Map<String, Long> visible) {
        Map<String, Long> law = log.stateAt(position);
        if (position > log.end() || !visible.equals(law)) {
            throw new Violation(
                    "watermark never lies",
                    "at " + position + " visible " + visible + ", logged " + law);
        }
    }

    private void serve() {
        long position = shard.position();
        if (position < served) {
            throw new Violation("watermark never falls", served + " to " + position);
        }
        served = position;
    }

    private void lettersAreDurable() {
        for (long offset : log.rejectedBelow(shard.position())) {
            if (!deadLetters.contains(offset)) {
                throw new Violation("no rejected record unheard of", "offset " + offset);
            }
        }
    }

    private void settledAsTheLawSays() {
        if (!settled()) {
            throw new Violation(
                    "no acknowledged write lost",
                    "stuck at " + shard.position() + " of " + log.end());
        }
        Map<String, Long> law = log.stateAt(log.end());
        if (!shard.store().versions().equals(law)) {
            throw new Violation(
                    "highest offset wins, no resurrected delete",
                    "stored " + shard.store().versions() + ", logged " + law);
        }
        equalDigests();
    }

    /** The maintained digest, the rows' own digest and the digest of a replay are one. */
    void equalDigests() {
        Digest maintained = shard.store().digest();
        var rows = new DigestAccumulator();
        for (StoredRow row : shard.store().rows()) {
            rows.add(row.id().getBytes(StandardCharsets.UTF_8), row.mark().hash());
        }
        if (!maintained.equals(rows.snapshot())) {
            throw new Violation("equal digests", "the rows are not what was written");
        }
        SimulatedShard replay =
                new SimulatedShard(
                        facts(),
                        () -> new SimulatedIndex((position, visible) -> {}),
                        UnaryOperator.identity());
        ApplyBatch.Builder all =
                ApplyBatch.newBuilder()
                        .setGroup(TARGET.group())
                        .setTopicId(TARGET.topicId())
                        .setEpoch(1)
                        .setTo(log.end());
        for (var record : log.read(0, Integer.MAX_VALUE)) {
            if (record.effect() != null) {
                all.addRecords(record.effect());
            }
        }
        replay.apply(replay.log(all.build()));
        if (!maintained.equals(replay.store().digest())) {
            throw new Violation("equal digests", "a replay from zero differs");
        }
    }

    /** A fault behind the worker's back. */
    boolean loseRow(String id) {
        return shard.store().lose(id);
    }
}
