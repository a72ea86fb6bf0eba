package io.vectron.cli.load;

import io.grpc.StatusRuntimeException;
import io.vectron.cli.client.CommandException;
import io.vectron.cli.client.Connection;
import io.vectron.cli.client.Failure;
import io.vectron.cli.load.Batch.Entry;
import io.vectron.cli.load.PointSource.Item;
import io.vectron.common.error.Blame;
import io.vectron.common.error.ErrorCode;
import io.vectron.common.error.GrpcErrors;
import io.vectron.common.error.VectronException;
import io.vectron.common.limit.Limits;
import io.vectron.proto.v1.UpsertRequest;
import io.vectron.proto.v1.WriteResult;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Writes the points of a source, several requests at a time. Of two points of one id, the later one
 * of the source wins: no request is sent while one with an id of its own is under way.
 *
 * <p>{@link #run} is called once; {@link #stop} by any thread.
 */
public final class Importer {
    private static final long LOOK_MS = 100;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    private static final Pattern POINT = Pattern.compile("points\\[(\\d{1,9})].*");

    private final Connection connection;
    private final Setting setting;
    private final Listener listener;
    private final Object lock = new Object();
    private final Deque<Batch> open = new ArrayDeque<>(); // in order, guarded by lock
    private final Set<String> idsInFlight = new HashSet<>(); // guarded by lock
    private int inFlight; // guarded by lock
    private long written; // guarded by lock
    private long refused; // guarded by lock
    private long next; // guarded by lock
    private @Nullable Failure failure; // the first one; guarded by lock
    private boolean stopped; // guarded by lock

    /**
     * How to write.
     *
     * @param batchPoints most points of a request
     * @param inFlight most requests at a time
     * @param retryFor how long a request is tried again after errors that may pass
     * @param keepGoing pass over what is refused, instead of ending there
     */
    public record Setting(
            String collection,
            int batchPoints,
            int inFlight,
            Duration retryFor,
            boolean keepGoing) {
        public Setting {
            if (batchPoints < 1 || batchPoints > Limits.POINTS_PER_REQUEST) {
                throw new IllegalArgumentException(
                        "a batch holds 1 to " + Limits.POINTS_PER_REQUEST + " points");
            }
            if (inFlight < 1 || inFlight > 64) {
                throw new IllegalArgumentException("1 to 64 requests at a time are possible");
            }
        }
    }

    /** Who is told; called by one thread at a time. */
    public interface Listener {
        /** Points were acknowledged. */
        void written(List<WriteResult> results);

        /**
         * Something is no point, or none for this collection.
         *
         * @param at lines or rows before it
         */
        void refused(long at, String reason);

        /** So many points are written; called often. */
        void progress(long written);
    }

    /**
     * How far it came.
     *
     * @param written points that Kafka acknowledged
     * @param refused what was passed over
     * @param next everything before this line or row is written or refused
     * @param failure why it ended early; null if it did not
     */
    public record Outcome(long written, long refused, long next, @Nullable Failure failure) {}

    /**
     * @param connection stays the caller's
     * @param from lines or rows that the source has passed over
     */
    public Importer(Connection connection, Setting setting, long from, Listener listener) {
        this.connection = connection;
        this.setting = setting;
        this.listener = listener;
        this.next = from;
    }

    /**
     * Writes everything.
     *
     * @throws IOException if the source cannot be read; what was sent has ended then
     */
    public Outcome run(PointSource source) throws IOException, InterruptedException {
        try (ExecutorService senders =
                Executors.newThreadPerTaskExecutor(
                        Thread.ofVirtual().name("import-", 0).factory())) {
            Batch batch = new Batch(setting.batchPoints());
            Item item;
            while (goesOn() && (item = source.next()) != null) {
                batch = take(item, batch, senders);
                if (!batch.isEmpty() && source.mayWait()) {
                    submit(batch, senders);
                    batch = new Batch(setting.batchPoints());
                }
            }
            submit(batch, senders);
            awaitAll();
        }
        return outcome();
    }

    /** Has no further request sent; waits a while for those under way. Returns how far it came. */
    public Outcome stop(Duration wait) throws InterruptedException {
        long end = System.nanoTime() + wait.toNanos();
        synchronized (lock) {
            stopped = true;
            lock.notifyAll();
            while (inFlight > 0 && System.nanoTime() < end) {
                lock.wait(LOOK_MS);
            }
        }
        return outcome();
    }

    private Outcome outcome() {
        synchronized (lock) {
            return new Outcome(written, refused, next, failure);
        }
    }

    private boolean goesOn() {
        synchronized (lock) {
            return !stopped && failure == null;
        }
    }

    private Batch take(Item item, Batch batch, ExecutorService senders)
            throws InterruptedException {
        return switch (item) {
            case Item.Good good -> {
                Batch current = batch;
                if (!batch.takes(good.point())) {
                    submit(batch, senders);
                    current = new Batch(setting.batchPoints());
                }
                current.add(new Entry(good.at(), good.point()));
                yield current;
            }
            case Item.Bad bad -> {
                if (setting.keepGoing()) {
                    batch.passTo(bad.at() + 1);
                }
                refuse(bad.at(), bad.reason());
                yield batch;
            }
        };
    }

    /** Waits for room and for ids of this batch that are under way, then sends it. */
    private void submit(Batch batch, ExecutorService senders) throws InterruptedException {
        synchronized (lock) {
            while (!stopped
                    && (inFlight == setting.inFlight() || !disjoint(batch.ids(), idsInFlight))) {
                listener.progress(written);
                lock.wait(LOOK_MS);
            }
            if (stopped) {
                return;
            }
            open.addLast(batch);
            if (batch.isEmpty()) {
                batch.settle();
                advance();
                return;
            }
            idsInFlight.addAll(batch.ids());
            inFlight++;
            listener.progress(written);
        }
        senders.execute(() -> send(batch));
    }

    private static boolean disjoint(Set<String> some, Set<String> others) {
        return some.stream().noneMatch(others::contains);
    }

    private void awaitAll() throws InterruptedException {
        synchronized (lock) {
            while (inFlight > 0) {
                listener.progress(written);
                lock.wait(LOOK_MS);
            }
            listener.progress(written);
        }
    }

    private void send(Batch batch) {
        boolean done = false;
        try {
            done = write(batch.entries());
        } catch (StatusRuntimeException e) {
            fail(Failure.of(e, connection.address()));
        } catch (CommandException e) {
            fail(Failure.of(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            synchronized (lock) {
                if (done) {
                    batch.settle();
                    advance();
                }
                idsInFlight.removeAll(batch.ids());
                inFlight--;
                lock.notifyAll();
            }
        }
    }

    /** Writes the points, again and again where that helps; false if one was refused for good. */
    private boolean write(List<Entry> entries) throws InterruptedException {
        List<Entry> left = new ArrayList<>(entries);
        long giveUp = System.nanoTime() + setting.retryFor().toNanos();
        Duration pause = FIRST_PAUSE;
        while (!left.isEmpty()) {
            try {
                left = remaining(left, giveUp);
            } catch (StatusRuntimeException e) {
                VectronException known = GrpcErrors.fromGrpc(e);
                int at = pointAtFault(known, left.size());
                if (at >= 0) {
                    refuse(left.get(at).at(), String.valueOf(known.getMessage()));
                    if (!setting.keepGoing()) {
                        return false;
                    }
                    left.remove(at);
                    continue;
                }
                if (!mayPass(known.code(), giveUp)) {
                    throw e;
                }
            }
            if (!left.isEmpty()) {
                Thread.sleep(pause);
                connection.tryAgain();
                Duration longer = pause.multipliedBy(2);
                pause = longer.compareTo(LONGEST_PAUSE) < 0 ? longer : LONGEST_PAUSE;
            }
        }
        return true;
    }

    /** Sends the points once; returns those to be sent again. */
    private List<Entry> remaining(List<Entry> entries, long giveUp) {
        UpsertRequest.Builder request =
                UpsertRequest.newBuilder().setCollection(setting.collection());
        entries.forEach(entry -> request.addPoints(entry.point()));
        List<WriteResult> results = connection.points().upsert(request.build()).getResultsList();
        if (results.size() != entries.size()) {
            throw new CommandException(
                    "sent " + entries.size() + " points, but got " + results.size() + " results");
        }
        List<Entry> again = new ArrayList<>();
        List<WriteResult> acknowledged = new ArrayList<>();
        WriteResult last = null;
        for (int i = 0; i < results.size(); i++) {
            if (results.get(i).hasToken()) {
                acknowledged.add(results.get(i));
            } else {
                last = results.get(i);
                again.add(entries.get(i));
            }
        }
        synchronized (lock) {
            written += acknowledged.size();
            listener.written(acknowledged);
        }
        if (last != null && !mayPass(code(last), giveUp)) {
            throw new CommandException(
                    last.getFailure().getReason() + ": " + last.getFailure().getMessage());
        }
        return again;
    }

    private static @Nullable ErrorCode code(WriteResult result) {
        try {
            return ErrorCode.valueOf(result.getFailure().getReason());
        } catch (IllegalArgumentException e) {
            return null; // of a later release
        }
    }

    private boolean mayPass(@Nullable ErrorCode code, long giveUp) {
        return code != null
                && code.blame() == Blame.RETRY
                && System.nanoTime() < giveUp
                && goesOn();
    }

    /** Number of the point within the request that the error names; -1 if it names none. */
    private static int pointAtFault(VectronException error, int points) {
        if (error.code().blame() != Blame.CALLER || error.field() == null) {
            return -1;
        }
        Matcher match = POINT.matcher(error.field());
        if (!match.matches()) {
            return -1;
        }
        int at = Integer.parseInt(match.group(1));
        return at < points ? at : -1;
    }

    private void refuse(long at, String reason) {
        synchronized (lock) {
            refused++;
            listener.refused(at, reason);
            if (!setting.keepGoing() && failure == null) {
                failure = Failure.of(new CommandException("a point was refused"));
            }
            lock.notifyAll();
        }
    }

    private void fail(Failure why) {
        synchronized (lock) {
            if (failure == null) {
                failure = why;
            }
            lock.notifyAll();
        }
    }

    private void advance() {
        while (!open.isEmpty() && open.getFirst().settled()) {
            next = Math.max(next, open.removeFirst().next());
        }
    }
}
