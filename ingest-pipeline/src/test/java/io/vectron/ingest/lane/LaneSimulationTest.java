package io.vectron.ingest.lane;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.Lists;
import com.google.protobuf.ByteString;
import io.vectron.proto.log.v1.LogRecord;
import io.vectron.proto.log.v1.Removal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A lane between a log and a shard that lose, delay, repeat and reorder everything, while the shard
 * dies, comes back at older positions and changes its epoch. Time is simulated; the seed decides
 * all.
 */
class LaneSimulationTest {
    static LongStream seeds() {
        return LongStream.range(0, 200);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void everyRecordIsAppliedOnceInOrderAndNothingGrows(long seed) {
        World world = new World(seed);
        world.run(3_000);
        world.calm();
        world.run(20_000);
        world.checkEnd();
        world.loseStateWhileIdle();
        world.run(20_000);
        world.checkEnd();
    }

    /** The log, the source, the network and the shard around one lane. */
    private static final class World {
        private static final LaneLimits LIMITS =
                new LaneLimits(8, 600, 3, 5, 3_000, 1_500, 100, new LaneLimits.Retry(10, 200));

        private record Event(long atMs, long order, Runnable action) {}

        private final Random random;
        private final PriorityQueue<Event> events =
                new PriorityQueue<>(
                        Comparator.comparingLong(Event::atMs).thenComparingLong(Event::order));
        private final List<LaneRecord> log = new ArrayList<>();
        private final List<Long> effectOffsets = new ArrayList<>(); // of records with an effect
        private final Map<Long, Long> replacedBy = new TreeMap<>(); // rejected offset → version
        private final Map<ByteString, Long> logVersions = new HashMap<>();
        private final Map<Long, @Nullable Long> letters = new TreeMap<>();
        private final ModelShard shard = new ModelShard();
        private final Lane lane = new Lane(new LaneTarget("g", "t", 0), LIMITS, 0, 0);
        private long order;
        private long nowMs;
        private long logEnd;
        private boolean faults = true;
        private long deadUntilMs;

        // The source: what it does, and what was asked of it.
        private long readPosition;
        private long readSession;
        private boolean readPaused;
        private int polls; // handed over, not yet with the lane
        private long handedOverMs;

        World(long seed) {
            random = new Random(seed);
            every(1, this::produce);
            every(1, this::poll);
            every(1, () -> carryOut(lane.deadlineMs() <= nowMs ? lane.tick(nowMs) : List.of()));
            every(40, this::mischief);
        }

        void run(long durationMs) {
            long until = nowMs + durationMs;
            while (!events.isEmpty() && events.peek().atMs() <= until) {
                if (!faults && shard.position == logEnd && lane.appliedPosition() == logEnd) {
                    return;
                }
                Event event = events.remove();
                nowMs = event.atMs();
                event.action().run();
                checkAlways();
            }
            nowMs = until;
        }

        /** Nothing is written any more: only the lane itself can notice. */
        void loseStateWhileIdle() {
            shard.restart(random.nextLong(shard.position + 1), log);
        }

        void calm() {
            faults = false;
            deadUntilMs = 0;
        }

        private void after(long delayMs, Runnable action) {
            events.add(new Event(nowMs + delayMs, order++, action));
        }

        private void every(long periodMs, Runnable action) {
            after(
                    periodMs,
                    () -> {
                        action.run();
                        every(periodMs, action);
                    });
        }

        private void produce() {
            if (!faults || random.nextInt(3) != 0) {
                return;
            }
            int burst = random.nextInt(20) == 0 ? 60 : 1 + random.nextInt(4);
            for (int i = 0; i < burst; i++) {
                logEnd += random.nextInt(5) == 0 ? random.nextInt(1, 4) : 0; // markers, compaction
                append(logEnd++);
            }
            logEnd += random.nextInt(4) == 0 ? 1 : 0;
        }

        private void append(long offset) {
            write(offset);
            if (log.getLast().effect() != null) {
                effectOffsets.add(offset);
            }
        }

        private void write(long offset) {
            ByteString id = ByteString.copyFromUtf8("p" + random.nextInt(12));
            int kind = random.nextInt(10);
            if (kind < 6) {
                int size = random.nextInt(30) == 0 ? 900 : 10 + random.nextInt(60);
                log.add(LaneRecord.accepted(effect(offset, id).setPoint(point(size)).build()));
                logVersions.put(id, offset);
            } else if (kind < 7) {
                log.add(LaneRecord.accepted(removal(offset, id, Removal.REMOVAL_TOMBSTONE)));
                logVersions.remove(id);
            } else if (kind < 8) {
                log.add(LaneRecord.barrier(offset));
            } else if (kind < 9) {
                log.add(LaneRecord.rejected(letter(offset), null));
            } else {
                LogRecord removal = removal(offset, id, Removal.REMOVAL_REJECTED);
                log.add(LaneRecord.rejected(letter(offset), removal));
                Long replaced = logVersions.remove(id);
                if (replaced != null) {
                    replacedBy.put(offset, replaced);
                }
            }
        }

        private void poll() {
            if (readPaused || polls > 2 || readPosition >= logEnd || random.nextInt(2) == 0) {
                return;
            }
            List<LaneRecord> chunk = new ArrayList<>();
            long position = readPosition;
            int most = 1 + random.nextInt(40);
            for (LaneRecord record : log.subList(firstAtOrAfter(readPosition), log.size())) {
                if (chunk.size() == most) {
                    break;
                }
                chunk.add(record);
                position = record.offset() + 1;
            }
            if (chunk.size() < most) {
                position = logEnd;
            }
            long session = readSession;
            long end = logEnd;
            long to = position;
            readPosition = position;
            polls++;
            handedOverMs = Math.max(handedOverMs, nowMs + random.nextInt(4)); // in their order
            after(
                    handedOverMs - nowMs,
                    () -> {
                        polls--;
                        for (LaneRecord record : chunk) {
                            carryOut(lane.accept(record, session, end, nowMs));
                            checkAlways();
                        }
                        carryOut(lane.advance(to, session, end, nowMs));
                    });
        }

        private void mischief() {
            if (!faults) {
                return;
            }
            switch (random.nextInt(8)) {
                case 0 -> deadUntilMs = nowMs + random.nextInt(400);
                case 1 -> shard.restart(random.nextLong(shard.position + 1), log);
                case 2 -> {
                    shard.epoch++;
                    long epoch = shard.epoch;
                    after(random.nextInt(100), () -> lane.epoch(epoch));
                }
                case 3 -> carryOut(lane.resize(1_000 + random.nextInt(3_000)));
                default -> {}
            }
        }

        private void carryOut(List<Effect> effects) {
            for (Effect effect : effects) {
                switch (effect) {
                    case Effect.Send send -> ask(send.number(), () -> shard.apply(send.batch()));
                    case Effect.LookUp lookUp -> ask(lookUp.number(), () -> shard.lookUp(lookUp));
                    case Effect.Check check ->
                            ask(check.number(), () -> new Reply.Applied(shard.position));
                    case Effect.WriteDeadLetters write ->
                            after(random.nextInt(5), () -> writeLetters(write));
                    case Effect.Pause pause -> after(1, () -> readPaused = true);
                    case Effect.Resume resume -> after(1, () -> readPaused = false);
                    case Effect.Rewind rewind ->
                            after(
                                    1,
                                    () -> {
                                        readPosition = rewind.position();
                                        readSession = rewind.session();
                                    });
                    case Effect.Retrying retrying ->
                            assertThat(retrying.delayMs()).isBetween(10L, 200L);
                    case Effect.Acknowledged batch -> {}
                    case Effect.Stop stop -> throw new AssertionError(stop);
                }
            }
        }

        /** A call to the shard: requests and replies are lost, delayed and repeated. */
        private void ask(long number, Supplier<Reply> call) {
            int times = faults && random.nextInt(10) == 0 ? 2 : 1;
            for (int i = 0; i < times; i++) {
                after(
                        random.nextInt(8),
                        () -> {
                            boolean dead = nowMs < deadUntilMs;
                            boolean lost = faults && random.nextInt(12) == 0;
                            Reply reply = dead || lost ? new Reply.Unavailable("lost") : call.get();
                            if (faults && !dead && random.nextInt(25) == 0) {
                                reply = new Reply.Overloaded(random.nextInt(500), "TEST");
                            }
                            Reply told = reply;
                            boolean silent = faults && random.nextInt(12) == 0;
                            if (silent) {
                                told = new Reply.Unavailable("reply lost");
                            }
                            Reply answer = told;
                            after(
                                    random.nextInt(faults ? 30 : 5),
                                    () -> carryOut(lane.reply(number, answer, nowMs)));
                        });
            }
        }

        private void writeLetters(Effect.WriteDeadLetters write) {
            for (DeadLetter.Addressed letter : write.letters()) {
                if (faults && random.nextInt(20) == 0) {
                    carryOut(lane.reply(write.number(), new Reply.Unavailable("dlq"), nowMs));
                    return;
                }
                letters.put(letter.letter().offset(), letter.replacedVersion());
            }
            carryOut(lane.reply(write.number(), new Reply.LettersWritten(), nowMs));
        }

        /** Plain comparisons: this runs at every event. */
        private void checkAlways() {
            long bound = LIMITS.capBytes() + LIMITS.overrunBytes() + 2_000;
            if (lane.heldBytes() < 0 || lane.heldBytes() > bound) {
                throw new AssertionError("memory is not bounded: " + lane.heldBytes());
            }
            int expected = effectsBelow(shard.position);
            if (shard.appliedOffsets.size() != expected) {
                throw new AssertionError(
                        "below %d lie %d records, %d were applied"
                                .formatted(shard.position, expected, shard.appliedOffsets.size()));
            }
        }

        private int firstAtOrAfter(long position) {
            int found =
                    Collections.binarySearch(Lists.transform(log, LaneRecord::offset), position);
            return found < 0 ? -found - 1 : found;
        }

        private int effectsBelow(long position) {
            int found = Collections.binarySearch(effectOffsets, position);
            return found < 0 ? -found - 1 : found;
        }

        void checkEnd() {
            assertThat(lane.appliedPosition()).as("caught up").isEqualTo(logEnd);
            assertThat(shard.position).as("caught up").isEqualTo(logEnd);
            assertThat(shard.appliedOffsets)
                    .as("in order, each once")
                    .isEqualTo(List.copyOf(effectOffsets));
            assertThat(shard.versions).as("highest offset wins").isEqualTo(logVersions);
            assertThat(lane.heldBytes()).as("nothing is held").isZero();
            for (LaneRecord record : log) {
                if (record.letter() != null) {
                    assertThat(letters)
                            .as("no rejected record is lost")
                            .containsKey(record.offset());
                    assertThat(letters.get(record.offset()))
                            .as("what %s replaced", record.offset())
                            .isEqualTo(replacedBy.get(record.offset()));
                }
            }
        }

        private static DeadLetter letter(long offset) {
            return new DeadLetter(
                    offset, 0, "rule", "why", new DeadLetter.Original(null, null, List.of()));
        }

        private static ByteString point(int size) {
            return ByteString.copyFrom(new byte[size]);
        }

        private static LogRecord.Builder effect(long offset, ByteString id) {
            return LogRecord.newBuilder().setOffset(offset).setId(id);
        }

        private static LogRecord removal(long offset, ByteString id, Removal removal) {
            return effect(offset, id).setRemoval(removal).build();
        }
    }
}
