package io.vectron.common.manage;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a service can really serve: the checks, looked at together, kept for a moment so that any
 * number of callers costs one look. A check that does not answer in time counts as not ready, and
 * is not asked again before it has answered. Thread-safe.
 */
public final class Readiness implements AutoCloseable {
    /** Longest time that a report takes. */
    public static final Duration PATIENCE = Duration.ofSeconds(1);

    /** How old a report may be when it is given out. */
    public static final Duration KEPT = Duration.ofMillis(500);

    private static final Logger log = LoggerFactory.getLogger(Readiness.class);
    private static final Duration WATCH = Duration.ofSeconds(1);

    private final String service;
    private final List<Check> checks;
    private final ExecutorService looks;
    private final List<Consumer<Boolean>> listeners = new CopyOnWriteArrayList<>();
    private final ReentrantLock looking = new ReentrantLock();
    private final Map<String, CompletableFuture<Check.State>> open = new HashMap<>(); // by looking
    private final Thread watch;
    private @Nullable Report last; // by looking
    private long lastNanos; // by looking
    private volatile boolean closed;

    /**
     * Checks of a service, not watched yet.
     *
     * @param service its name, for threads and the report
     * @param checks with distinct names
     */
    public Readiness(String service, List<Check> checks) {
        this.service = service;
        this.checks = List.copyOf(checks);
        Set<String> names = new HashSet<>();
        for (Check check : checks) {
            if (!names.add(check.name())) {
                throw new IllegalArgumentException("two checks are called " + check.name());
            }
        }
        looks =
                Executors.newThreadPerTaskExecutor(
                        Thread.ofVirtual().name("readiness-" + service + "-", 0).factory());
        watch =
                Thread.ofPlatform()
                        .name("readiness-" + service)
                        .daemon()
                        .unstarted(this::watchAlways);
    }

    /** How every check of a service stands. */
    public record Report(String service, List<Result> checks) {
        public Report {
            checks = List.copyOf(checks);
        }

        /** Whether all hold. */
        public boolean ready() {
            return checks.stream().allMatch(Result::ready);
        }
    }

    /** How a check stands. */
    public record Result(String name, boolean ready, String reason) {}

    /**
     * Looks every second, and tells of changes: first of the state that it finds now, before it
     * returns.
     *
     * @param listener must not block
     */
    public void watch(Consumer<Boolean> listener) {
        listeners.add(listener);
        looking.lock();
        try {
            last = null; // What was seen before the service had started counts no more.
            listener.accept(report().ready());
        } finally {
            looking.unlock();
        }
        if (watch.getState() == Thread.State.NEW) {
            watch.start();
        }
    }

    /** How the service stands, or stood {@link #KEPT} ago. Takes at most {@link #PATIENCE}. */
    public Report report() {
        looking.lock();
        try {
            Report known = last;
            if (known != null && System.nanoTime() - lastNanos < KEPT.toNanos()) {
                return known;
            }
            Report now = closed ? stopped() : look();
            last = now;
            lastNanos = System.nanoTime();
            return now;
        } finally {
            looking.unlock();
        }
    }

    /** The service is told to stop: it is not ready from now on, whatever the checks say. */
    @Override
    public void close() {
        closed = true;
        watch.interrupt();
        looks.shutdownNow();
        looking.lock();
        try {
            last = stopped();
            lastNanos = System.nanoTime();
        } finally {
            looking.unlock();
        }
    }

    private Report stopped() {
        return new Report(service, List.of(new Result("running", false, "the service stops")));
    }

    private Report look() {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        for (Check check : checks) {
            // What has not answered since the last time is not asked a second time.
            open.computeIfAbsent(check.name(), name -> begin(check));
        }
        List<Result> results = new ArrayList<>(checks.size());
        for (Check check : checks) {
            CompletableFuture<Check.State> answer = open.get(check.name());
            if (answer == null) {
                throw new IllegalStateException("not asked: " + check.name());
            }
            Check.State state = await(answer, deadline - System.nanoTime());
            if (answer.isDone()) {
                open.remove(check.name());
            }
            results.add(
                    new Result(check.name(), state instanceof Check.State.Ready, state.reason()));
        }
        return new Report(service, results);
    }

    private CompletableFuture<Check.State> begin(Check check) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return check.look().now();
                    } catch (Exception e) {
                        throw new CompletionException(e);
                    }
                },
                looks);
    }

    private static Check.State await(CompletableFuture<Check.State> answer, long patienceNanos) {
        try {
            return answer.get(Math.max(0, patienceNanos), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return new Check.State.NotReady("no answer within " + PATIENCE.toMillis() + " ms");
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            String message = cause.getMessage();
            return new Check.State.NotReady(message == null ? cause.toString() : message);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Check.State.NotReady("interrupted");
        }
    }

    private void watchAlways() {
        Boolean told = null;
        try {
            while (!closed) {
                Report now = report();
                if (told == null || told != now.ready()) {
                    tell(now, told);
                    told = now.ready();
                }
                Thread.sleep(WATCH);
            }
        } catch (InterruptedException e) {
            log.debug("{} is watched no more", service);
        }
    }

    private void tell(Report now, @Nullable Boolean before) {
        if (now.ready()) {
            log.info("{} is ready", service);
        } else if (before != null) {
            log.warn(
                    "{} is not ready: {}",
                    service,
                    now.checks().stream().filter(check -> !check.ready()).toList());
        }
        if (!closed) {
            listeners.forEach(listener -> listener.accept(now.ready()));
        }
    }
}
