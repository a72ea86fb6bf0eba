package io.vectron.ingest.source;

import io.vectron.ingest.feed.Element;
import io.vectron.ingest.feed.ShardFeed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One consumer and the thread that polls it. A generation has its own poller in each task, since a
 * consumer can read a partition at one position only.
 *
 * <p>Kafka's failures are never the task's: a partition that cannot be read stops alone, and any
 * other failure is logged and tried again. Only a bug ends the thread, and with it the task.
 */
final class LogPoller implements AutoCloseable {
    /** Permanent name: the shard's position lies outside the log, or the log was cut. */
    static final String LOG_DIVERGED = "LOG_DIVERGED";

    private static final Logger log = LoggerFactory.getLogger(LogPoller.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration FAILURE_PAUSE = Duration.ofSeconds(1);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    private final Consumer<byte[], byte[]> consumer; // polling thread, but for wakeup()
    private final Handover handover;
    private final Runnable onFailure;
    private final Thread thread;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Map<TopicPartition, SplitHandle> active = new HashMap<>(); // polling thread

    private final Object lock = new Object();
    private final List<SplitHandle> added = new ArrayList<>(); // guarded by lock
    private boolean signalled; // guarded by lock
    private volatile boolean closed;

    /**
     * @param name of the thread
     * @param consumer owned from now on
     * @param onFailure counts failed polls
     */
    LogPoller(
            String name, Consumer<byte[], byte[]> consumer, Handover handover, Runnable onFailure) {
        this.consumer = consumer;
        this.handover = handover;
        this.onFailure = onFailure;
        this.thread = Thread.ofPlatform().name(name).daemon().unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** Reads this split from now on; its {@link Element.Opened} comes first. Any thread. */
    SplitHandle add(ShardSplit split) {
        SplitHandle handle = new SplitHandle(split, this::wakeup);
        synchronized (lock) {
            added.add(handle);
        }
        wakeup();
        return handle;
    }

    /** Ends the thread and closes the consumer. */
    @Override
    public void close() {
        closed = true;
        wakeup();
        try {
            if (!ended.await(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
                log.warn("{} did not end within {}", thread.getName(), CLOSE_TIMEOUT);
                thread.interrupt();
            }
        } catch (InterruptedException e) {
            thread.interrupt();
            Thread.currentThread().interrupt();
        }
    }

    private void wakeup() {
        synchronized (lock) {
            signalled = true;
            lock.notifyAll();
        }
        consumer.wakeup();
    }

    private void run() {
        try {
            while (!closed) {
                List<Element> elements = new ArrayList<>();
                applyWishes(elements);
                boolean idle = active.isEmpty();
                if (!idle) {
                    poll(elements);
                }
                if (!elements.isEmpty() && !handover.put(elements)) {
                    return;
                }
                if (idle) {
                    awaitSignal(POLL);
                }
            }
        } catch (InterruptedException | InterruptException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            handover.fail(e);
        } finally {
            closeConsumer();
            ended.countDown();
        }
    }

    private void closeConsumer() {
        boolean interrupted = Thread.interrupted();
        try {
            consumer.close(CloseOptions.timeout(Duration.ofSeconds(1)));
        } catch (KafkaException e) {
            log.warn("{}: closing the consumer failed", thread.getName(), e);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void poll(List<Element> elements) throws InterruptedException {
        try {
            collect(consumer.poll(POLL), elements);
        } catch (WakeupException e) {
            // Somebody wants something: see applyWishes.
        } catch (OffsetOutOfRangeException e) {
            // A truncated log (LogTruncationException) is one of these, too.
            diverged(e, elements);
        } catch (InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            onFailure.run();
            log.warn("{}: a poll failed, trying again", thread.getName(), e);
            awaitSignal(FAILURE_PAUSE);
        }
    }

    private void collect(ConsumerRecords<byte[], byte[]> polled, List<Element> elements) {
        long readAtMs = System.currentTimeMillis();
        for (Map.Entry<TopicPartition, OffsetAndMetadata> next : polled.nextOffsets().entrySet()) {
            SplitHandle handle = active.get(next.getKey());
            if (handle == null) {
                continue;
            }
            ShardFeed feed = handle.split.feed();
            long position = next.getValue().offset();
            // The position may lie behind the last record: transaction markers, aborted records and
            // compacted ones move it without any. No call to a broker: the last fetch told the lag.
            OptionalLong lag = consumer.currentLag(next.getKey());
            long logEnd = lag.isPresent() ? position + lag.getAsLong() : -1;
            for (ConsumerRecord<byte[], byte[]> record : polled.records(next.getKey())) {
                elements.add(new Element.Fetched(feed, handle.session, logEnd, readAtMs, record));
            }
            elements.add(new Element.Moved(feed, handle.session, logEnd, position));
        }
    }

    private void diverged(OffsetOutOfRangeException cause, List<Element> elements) {
        for (TopicPartition partition : cause.partitions()) {
            SplitHandle handle = active.remove(partition);
            if (handle != null) {
                elements.add(
                        new Element.Failed(
                                handle.split.feed(), LOG_DIVERGED, String.valueOf(cause)));
            }
        }
        reassign();
    }

    /** Carries out what others asked for since the last poll. */
    private void applyWishes(List<Element> elements) {
        List<SplitHandle> fresh;
        synchronized (lock) {
            fresh = List.copyOf(added);
            added.clear();
            signalled = false;
        }
        boolean removed = false;
        for (SplitHandle handle : List.copyOf(active.values())) {
            SplitHandle.Wish wish = handle.take();
            if (wish == null) {
                continue;
            }
            if (wish.removed()) {
                removed = true;
                active.remove(handle.partition);
                elements.add(new Element.Closed(handle.split.feed()));
            } else {
                apply(handle, wish);
            }
        }
        if (removed || !fresh.isEmpty()) {
            open(fresh, elements);
        }
    }

    private void apply(SplitHandle handle, SplitHandle.Wish wish) {
        Set<TopicPartition> partition = Set.of(handle.partition);
        SplitHandle.Seek seek = wish.seek();
        if (seek != null) {
            consumer.seek(handle.partition, seek.position());
            handle.session = seek.session();
        }
        if (wish.paused()) {
            consumer.pause(partition);
        } else {
            consumer.resume(partition);
        }
    }

    private void open(Collection<SplitHandle> fresh, List<Element> elements) {
        for (SplitHandle handle : fresh) {
            SplitHandle former = active.put(handle.partition, handle);
            if (former != null) {
                elements.add(new Element.Closed(former.split.feed()));
            }
            elements.add(new Element.Opened(handle.split.feed(), handle.split.position(), handle));
        }
        reassign();
        for (SplitHandle handle : fresh) {
            consumer.seek(handle.partition, handle.split.position());
            consumer.resume(Set.of(handle.partition));
        }
    }

    /** Keeps the positions of the partitions that stay. */
    private void reassign() {
        if (active.isEmpty()) {
            consumer.unsubscribe();
        } else {
            consumer.assign(active.keySet());
        }
    }

    private void awaitSignal(Duration timeout) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        synchronized (lock) {
            while (!signalled && !closed) {
                long leftNanos = deadline - System.nanoTime();
                if (leftNanos <= 0) {
                    return;
                }
                lock.wait(leftNanos / 1_000_000 + 1); // rounded up: zero would wait for ever
            }
        }
    }
}
