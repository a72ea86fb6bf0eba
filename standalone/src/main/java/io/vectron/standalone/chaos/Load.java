package io.vectron.standalone.chaos;

import io.grpc.Status;
import io.vectron.common.error.ErrorCode;
import io.vectron.standalone.history.History;
import io.vectron.standalone.history.Operation.Read;
import io.vectron.standalone.history.Operation.ReadOutcome.Failed;
import io.vectron.standalone.history.Question;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;

/**
 * Clients that write, read and look at each replica, until they are stopped. Each has a thread and
 * a random generator of its own.
 */
final class Load implements AutoCloseable {
    private static final int WRITERS = 3;
    private static final int READERS = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** Reads with a token wait through an election. */
    private static final Duration FRESH_PATIENCE = Duration.ofSeconds(30);

    private static final Set<String> TOO_LATE =
            Set.of(ErrorCode.FRESHNESS_TIMEOUT.name(), Status.Code.DEADLINE_EXCEEDED.name());

    private static final Duration WRITE_PAUSE = Duration.ofMillis(20);
    private static final Duration READ_PAUSE = Duration.ofMillis(15);
    private static final Duration LOOK_PAUSE = Duration.ofMillis(300);
    private static final Duration FAILED_PAUSE = Duration.ofMillis(100);

    private final Subject subject;
    private final Recorder recorder;
    private final Members members;
    private final History history;
    private final IntFunction<String> incarnation;
    private final List<Thread> threads = new ArrayList<>();
    // The latest acknowledged write of each shard.
    private final Map<Integer, Long> latest = new ConcurrentHashMap<>();
    private volatile Tally tally;
    private volatile boolean stopped;

    /**
     * @param tally counts what goes wrong until another one takes its place
     */
    Load(
            Subject subject,
            Recorder recorder,
            Members members,
            History history,
            IntFunction<String> incarnation,
            Tally tally) {
        this.subject = subject;
        this.recorder = recorder;
        this.members = members;
        this.history = history;
        this.incarnation = incarnation;
        this.tally = tally;
    }

    void start(long seed) {
        Random seeds = new Random(seed);
        for (int i = 1; i <= WRITERS; i++) {
            String name = "writer-" + i;
            Random random = new Random(seeds.nextLong());
            begin(name, () -> write(name, random));
        }
        for (int i = 1; i <= READERS; i++) {
            String name = "reader-" + i;
            Random random = new Random(seeds.nextLong());
            begin(name, () -> read(name, random));
        }
        for (int i = 0; i < subject.workers().size(); i++) {
            int worker = i;
            begin(
                    "look-" + (i + 1),
                    () -> {
                        var _ = members.look(worker, incarnation, false);
                        pause(LOOK_PAUSE);
                    });
        }
    }

    /** From now on failures are counted here. */
    void countIn(Tally next) {
        tally = next;
    }

    private void begin(String name, Runnable turn) {
        Thread thread =
                Thread.ofPlatform()
                        .name("chaos-" + name)
                        .daemon()
                        .start(() -> {
                            while (!stopped && !history.full()) {
                                turn.run();
                            }
                        });
        threads.add(thread);
    }

    private void write(String name, Random random) {
        List<String> keys = keys(random, 6);
        Map<Integer, Long> offsets =
                random.nextInt(6) == 0
                        ? recorder.delete(name, keys, PATIENCE)
                        : recorder.put(name, keys, PATIENCE);
        offsets.forEach((shard, offset) -> latest.merge(shard, offset, Math::max));
        pause(offsets.isEmpty() ? FAILED_PAUSE : WRITE_PAUSE);
    }

    private void read(String name, Random random) {
        int dice = random.nextInt(10);
        Question question =
                dice < 6
                        ? new Question.Nearest()
                        : dice < 8 ? new Question.All() : new Question.Keys(keys(random, 8));
        boolean fresh = random.nextInt(3) == 0;
        Read read =
                recorder.read(
                        name,
                        question,
                        fresh ? Map.copyOf(latest) : Map.of(),
                        random.nextLong(),
                        false,
                        fresh ? FRESH_PATIENCE : PATIENCE);
        if (read.outcome() instanceof Failed failed) {
            if (fresh && TOO_LATE.contains(failed.reason())) {
                tally.lateRead();
            } else {
                tally.failedRead();
            }
            pause(FAILED_PAUSE);
        } else {
            pause(READ_PAUSE);
        }
    }

    private List<String> keys(Random random, int most) {
        Set<String> keys = new HashSet<>();
        int count = 1 + random.nextInt(most);
        for (int i = 0; i < count; i++) {
            keys.add(subject.keys().get(random.nextInt(subject.keys().size())));
        }
        return List.copyOf(keys);
    }

    private static void pause(Duration time) {
        LockSupport.parkNanos(time.toNanos());
    }

    /** Ends all clients when they have their answers; at once if the caller is interrupted. */
    @Override
    public void close() {
        stopped = true;
        long deadline = System.nanoTime() + FRESH_PATIENCE.toNanos() + PATIENCE.toNanos();
        try {
            for (Thread thread : threads) {
                long left = Math.max(1, deadline - System.nanoTime());
                if (!thread.join(Duration.ofNanos(left))) {
                    throw new IllegalStateException(thread.getName() + " does not end");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
