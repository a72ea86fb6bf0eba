package io.vectron.ingest.source;

import io.vectron.ingest.feed.Element;
import io.vectron.ingest.feed.ShardFeed;
import io.vectron.ingest.lane.LaneRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One consumer and the thread that polls it. A generation has its own poller in each task, since a
 * consumer can read a partition at one position only.
 *
 * <p>Kafka's failures are never the task's: a partition that cannot be read stops alone, and any
 * other failure is logged and tried again. Only a bug ends the thread, and with it the task.
 *
 * <p>A consumer that meets a corrupt batch throws at each poll from then on, whatever else it could
 * read. So that partition is taken from it, and given back after a while at the same position: a
 * broker may have been mended, or another replica lead. Nothing is skipped.
 */
final class LogPoller implements AutoCloseable {
    /** Permanent name: the log holds bytes that are not what was written. */
    static final String LOG_CORRUPT = "LOG_CORRUPT";

    private static final Logger log = LoggerFactory.getLogger(LogPoller.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration FAILURE_PAUSE = Duration.ofSeconds(1);
    private static final Duration REREAD_PAUSE = Duration.ofSeconds(10);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    private final Consumer<byte[], byte[]> consumer; // polling thread, but for wakeup()
    private final Handover handover;
    private final Runnable onFailure;
    private final Thread thread;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Duration rereadPause;
    private final Map<TopicPartition, SplitHandle> active = new HashMap<>(); // polling thread
    private final Map<TopicPartition, SetAside> setAside = new HashMap<>(); // of active, likewise

    private final Set<TopicPartition> corrupt = new HashSet<>(); // of active, likewise
    private volatile int corruptPartitions; // size of corrupt, for everybody

    private final Object lock = new Object();
    private final List<SplitHandle> added = new ArrayList<>(); // guarded by lock
    private boolean signalled; // guarded by lock
    private volatile boolean closed;

    /**
     * An active partition that the consumer does not have, because it could not read it.
     *
     * @param position where to read on
     * @param againAtNanos when to try
     */
    private record SetAside(long position, boolean paused, long againAtNanos) {}

    /**
     * @param name of the thread
     * @param consumer owned from now on
     * @param onFailure counts failed polls
     */
    LogPoller(
            String name, Consumer<byte[], byte[]> consumer, Handover handover, Runnable onFailure) {
        this(name, consumer, handover, onFailure, REREAD_PAUSE);
    }

    LogPoller(
            String name,
            Consumer<byte[], byte[]> consumer,
            Handover handover,
            Runnable onFailure,
            Duration rereadPause) {
        this.rereadPause = rereadPause;
        this.consumer = consumer;
        this.handover = handover;
        this.onFailure = onFailure;
        this.thread = Thread.ofPlatform().name(name).daemon().unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /**
     * Partitions that do not go on, because the log holds what a consumer refuses: from the first
     * failure until something behind it was read. Any thread.
     */
    int corruptPartitions() {
        return corruptPartitions;
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
                readAgain();
                boolean idle = active.size() == setAside.size();
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
            cut(e, elements);
        } catch (InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            onFailure.run();
            SplitHandle rotten = corrupt(e);
            if (rotten != null) {
                setAside(rotten, e);
            } else {
                log.warn("{}: a poll failed, trying again", thread.getName(), e);
                awaitSignal(FAILURE_PAUSE);
            }
        }
    }

    /**
     * The split whose log holds what a consumer refuses; null if that is not why a poll failed.
     * Kafka has no type for it that tells the partition: it is an exception of the client alone,
     * not one of the protocol's, whose message names it.
     */
    private @Nullable SplitHandle corrupt(KafkaException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String message = cause.getMessage();
            if (cause instanceof ApiException || message == null) {
                return null;
            }
            for (SplitHandle handle : active.values()) {
                if (names(message, handle.partition)) {
                    return handle;
                }
            }
        }
        return null;
    }

    /** Whether a message holds {@code topic-partition}, and not as part of a longer name. */
    private static boolean names(String message, TopicPartition partition) {
        String name = Pattern.quote(partition.toString());
        return Pattern.compile("(?<![A-Za-z0-9._-])" + name + "(?![0-9])").matcher(message).find();
    }

    private void setAside(SplitHandle handle, KafkaException cause) {
        long position = consumer.position(handle.partition);
        log.error(
                "{}: {} in {} at offset {} or soon after; nothing behind it is read, trying again"
                        + " after {}",
                handle.split.feed(),
                LOG_CORRUPT,
                handle.partition,
                position,
                rereadPause,
                cause);
        long again = System.nanoTime() + rereadPause.toNanos();
        setAside.put(handle.partition, new SetAside(position, false, again));
        corrupt.add(handle.partition);
        corruptPartitions = corrupt.size();
        reassign();
    }

    /** Gives partitions back to the consumer that have been set aside for long enough. */
    private void readAgain() {
        long now = System.nanoTime();
        Map<TopicPartition, SetAside> due = new HashMap<>(setAside);
        due.values().removeIf(aside -> aside.againAtNanos() - now > 0);
        if (due.isEmpty()) {
            return;
        }
        setAside.keySet().removeAll(due.keySet());
        reassign();
        due.forEach((partition, aside) -> {
            consumer.seek(partition, aside.position());
            pause(partition, aside.paused());
        });
    }

    private void collect(ConsumerRecords<byte[], byte[]> polled, List<Element> elements) {
        long readAtMs = System.currentTimeMillis();
        for (Map.Entry<TopicPartition, OffsetAndMetadata> next : polled.nextOffsets().entrySet()) {
            SplitHandle handle = active.get(next.getKey());
            if (handle == null) {
                continue;
            }
            readable(next.getKey());
            ShardFeed feed = handle.split.feed();
            long position = next.getValue().offset();
            // The position may lie behind the last record: transaction markers, aborted records and
            // compacted ones move it without any. No call to a broker: the last fetch told the lag.
            OptionalLong lag = consumer.currentLag(next.getKey());
            long logEnd = lag.isPresent() ? position + lag.getAsLong() : -1;
            for (ConsumerRecord<byte[], byte[]> record : polled.records(next.getKey())) {
                elements.add(new Element.Fetched(feed, handle.session, logEnd, readAtMs, record));
            }
            int epoch = next.getValue().leaderEpoch().orElse(LaneRecord.NO_EPOCH);
            elements.add(new Element.Moved(feed, handle.session, logEnd, position, epoch));
        }
    }

    /** The log does not hold what was to be read: whoever asks the shard will know what to do. */
    private void cut(OffsetOutOfRangeException cause, List<Element> elements) {
        for (Map.Entry<TopicPartition, Long> position :
                cause.offsetOutOfRangePartitions().entrySet()) {
            SplitHandle handle = forget(position.getKey());
            if (handle != null) {
                elements.add(
                        new Element.LogCut(
                                handle.split.feed(),
                                position.getValue(),
                                epochEnd(cause, position.getKey()),
                                String.valueOf(cause)));
            }
        }
        reassign();
    }

    private static long epochEnd(OffsetOutOfRangeException cause, TopicPartition partition) {
        if (cause instanceof LogTruncationException truncated) {
            OffsetAndMetadata end = truncated.divergentOffsets().get(partition);
            return end == null ? -1 : end.offset();
        }
        return -1;
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
                forget(handle.partition);
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
        SplitHandle.Seek seek = wish.seek();
        if (seek != null) {
            handle.session = seek.session();
        }
        SetAside aside = setAside.get(handle.partition);
        if (aside != null) {
            long position = seek == null ? aside.position() : seek.position();
            setAside.put(
                    handle.partition, new SetAside(position, wish.paused(), aside.againAtNanos()));
            return;
        }
        if (seek != null) {
            consumer.seek(handle.partition, seek.position());
        }
        pause(handle.partition, wish.paused());
    }

    private void pause(TopicPartition partition, boolean paused) {
        if (paused) {
            consumer.pause(Set.of(partition));
        } else {
            consumer.resume(Set.of(partition));
        }
    }

    private void readable(TopicPartition partition) {
        if (corrupt.remove(partition)) {
            corruptPartitions = corrupt.size();
        }
    }

    private @Nullable SplitHandle forget(TopicPartition partition) {
        setAside.remove(partition);
        readable(partition);
        return active.remove(partition);
    }

    private void open(Collection<SplitHandle> fresh, List<Element> elements) {
        for (SplitHandle handle : fresh) {
            SplitHandle former = forget(handle.partition);
            active.put(handle.partition, handle);
            if (former != null) {
                elements.add(new Element.Closed(former.split.feed()));
            }
            elements.add(new Element.Opened(handle.split.feed(), handle.split.position(), handle));
        }
        reassign();
        for (SplitHandle handle : fresh) {
            seek(handle);
            consumer.resume(Set.of(handle.partition));
        }
    }

    /**
     * With the epoch that the shard knows, so that the consumer compares it with the log before it
     * reads on: a log that was cut off and written anew looks whole by its offsets.
     */
    private void seek(SplitHandle handle) {
        int epoch = handle.split.leaderEpoch();
        Optional<Integer> known = epoch < 0 ? Optional.empty() : Optional.of(epoch);
        consumer.seek(handle.partition, new OffsetAndMetadata(handle.split.position(), known, ""));
    }

    /** Keeps the positions of the partitions that stay. */
    private void reassign() {
        Set<TopicPartition> readable = new HashSet<>(active.keySet());
        readable.removeAll(setAside.keySet());
        if (readable.isEmpty()) {
            consumer.unsubscribe();
        } else {
            consumer.assign(readable);
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
