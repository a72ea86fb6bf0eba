package io.vectron.bench.cluster.process;

import io.grpc.StatusRuntimeException;
import io.vectron.bench.run.Session;
import io.vectron.bench.run.Vectors;
import io.vectron.proto.v1.SearchResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;

/**
 * Searches through the gateway and writes through Kafka, at a steady rate each, until it is closed.
 * Any thread may look.
 */
public final class Load implements AutoCloseable {
    private static final Duration DEADLINE = Duration.ofSeconds(30);

    private final Session session;
    private final String collection;
    private final String topic;
    private final Vectors vectors;
    private final Rates rates;
    private final List<Thread> threads = new ArrayList<>();
    private final ConcurrentLinkedQueue<Answer> answers = new ConcurrentLinkedQueue<>();
    private final AtomicLong writes = new AtomicLong();
    private final AtomicLong failedSearches = new AtomicLong();
    private final AtomicLong refusedWrites = new AtomicLong();
    private final AtomicReference<@Nullable String> failure = new AtomicReference<>();
    private volatile boolean ends;

    /**
     * How much is asked.
     *
     * @param searchThreads threads that search
     * @param searchesPerSecond of each thread
     * @param writesPerSecond of the one thread that writes
     * @param ids points that are written again and again
     */
    public record Rates(int searchThreads, int searchesPerSecond, int writesPerSecond, int ids) {
        public Rates {
            if (searchThreads < 1 || searchesPerSecond < 1 || writesPerSecond < 1 || ids < 1) {
                throw new IllegalArgumentException("a load needs rates of 1 or more");
            }
        }
    }

    /** A search that was answered: when, by {@link System#nanoTime}, and how long it took. */
    private record Answer(long atNanos, double millis) {}

    /** Begins at once. */
    public Load(Session session, String collection, String topic, Vectors vectors, Rates rates) {
        this.session = session;
        this.collection = collection;
        this.topic = topic;
        this.vectors = vectors;
        this.rates = rates;
        for (int i = 0; i < rates.searchThreads(); i++) {
            int number = i;
            threads.add(Thread.ofPlatform().name("load-search-" + i).start(() -> search(number)));
        }
        threads.add(Thread.ofPlatform().name("load-write").start(this::write));
    }

    /** Searches that found no answer, or one without a shard. */
    public long failedSearches() {
        return failedSearches.get();
    }

    /** Writes that Kafka did not acknowledge. */
    public long refusedWrites() {
        return refusedWrites.get();
    }

    /** What the first failure was; null if there was none. */
    public @Nullable String failure() {
        return failure.get();
    }

    /** Writes that were sent. */
    public long writes() {
        return writes.get();
    }

    /** Searches that were answered. */
    public long searches() {
        return answers.size();
    }

    /** Milliseconds of each search that was answered between two moments, by nanoTime. */
    public double[] millis(long fromNanos, long toNanos) {
        return answers.stream()
                .filter(it -> it.atNanos() >= fromNanos && it.atNanos() < toNanos)
                .mapToDouble(Answer::millis)
                .toArray();
    }

    private void search(int number) {
        long pause = 1_000_000_000L / rates.searchesPerSecond();
        for (int i = number; !ends; i += rates.searchThreads()) {
            long start = System.nanoTime();
            try {
                SearchResponse found =
                        session.search(collection, vectors.rows().row(i), 10, DEADLINE);
                if (found.getPartial()) {
                    failed("partial: " + found.getShardsAnswered() + " shards answered");
                } else {
                    long end = System.nanoTime();
                    answers.add(new Answer(end, (end - start) / 1e6));
                }
            } catch (StatusRuntimeException e) {
                failed(e.toString());
            }
            LockSupport.parkNanos(start + pause - System.nanoTime());
        }
    }

    private void failed(String why) {
        if (!ends) {
            failedSearches.incrementAndGet();
            failure.compareAndSet(null, why);
        }
    }

    private void write() {
        long pause = 1_000_000_000L / rates.writesPerSecond();
        while (!ends) {
            long start = System.nanoTime();
            long number = writes.getAndIncrement();
            String id = "load-" + number % rates.ids();
            var _ =
                    session.producer()
                            .send(
                                    Session.record(topic, id, vectors.rows().row((int) number)),
                                    this::written);
            LockSupport.parkNanos(start + pause - System.nanoTime());
        }
    }

    private void written(@Nullable RecordMetadata at, @Nullable Exception refused) {
        if (refused != null) {
            refusedWrites.incrementAndGet();
            failure.compareAndSet(null, "Kafka: " + refused);
        }
    }

    /** Ends all threads; an answer that is under way is no longer counted. */
    @Override
    public void close() {
        ends = true;
        boolean interrupted = false;
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
