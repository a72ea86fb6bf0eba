package io.vectron.ingest.sink;

import io.vectron.common.rpc.Address;
import io.vectron.common.rpc.Channels;
import io.vectron.common.rpc.ViewWatcher;
import io.vectron.ingest.config.IngestConfig;
import io.vectron.ingest.feed.Element;
import io.vectron.ingest.feed.FeedControl;
import io.vectron.ingest.feed.ShardFeed;
import io.vectron.ingest.lane.Effect;
import io.vectron.ingest.lane.Lane;
import io.vectron.ingest.lane.LaneTarget;
import io.vectron.ingest.lane.Reply;
import io.vectron.ingest.route.Routes;
import io.vectron.ingest.route.ShardView;
import io.vectron.ingest.route.ViewIndex;
import io.vectron.ingest.route.Workers;
import io.vectron.proto.log.v1.ApplyBatch;
import io.vectron.proto.placement.v1.View;
import io.vectron.proto.worker.v1.ApplyBatchRequest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.function.Function;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.api.common.operators.ProcessingTimeService;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.metrics.MetricGroup;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Drives one {@link Lane} a feed: carries out what it wants and brings every answer back to the
 * task's thread, which alone touches lanes. Never blocks that thread and never throws for what a
 * worker, Kafka or placement did: a lane that cannot go on pauses its own partition.
 */
final class ShardWriter implements SinkWriter<Element> {
    private static final Logger log = LoggerFactory.getLogger(ShardWriter.class);

    /** Permanent name: the log does not hold what was to be read on. */
    private static final String LOG_CUT = "LOG_CUT";

    private static final long END_IS_FRESH_MS = 60_000;

    private final IngestConfig config;
    private final MailboxExecutor mailbox;
    private final ProcessingTimeService timers;
    private final MetricGroup metrics;
    private final Channels channels = new Channels();
    private final Routes routes = new Routes();
    private final Workers workers;
    private final ViewWatcher watcher;
    private final DeadLetterWriter deadLetters;
    private final Map<String, Delivery> deliveries = new HashMap<>(); // task's thread, by group
    private @Nullable ScheduledFuture<?> timer; // task's thread
    private long timerAtMs = Long.MAX_VALUE; // task's thread
    private volatile boolean closed;

    /** A feed that this task delivers. */
    private static final class Delivery {
        final ShardFeed feed;
        final FeedControl control;
        final Lane lane;
        final LaneMetrics metrics;
        long endSeenMs; // when the log's end was last told
        boolean viewed; // whether a view of this task has named the shard

        Delivery(ShardFeed feed, FeedControl control, Lane lane, LaneMetrics metrics) {
            this.feed = feed;
            this.control = control;
            this.lane = lane;
            this.metrics = metrics;
        }
    }

    ShardWriter(IngestConfig config, ProducerFactory producers, WriterInitContext context) {
        this.config = config;
        this.mailbox = context.getMailboxExecutor();
        this.timers = context.getProcessingTimeService();
        this.metrics = context.metricGroup().addGroup("vectron");
        this.workers = new Workers(channels, routes, config.pace().callTimeout());
        int subtask = context.getTaskInfo().getIndexOfThisSubtask();
        this.deadLetters = new DeadLetterWriter(producers, "vectron-ingest-letters-" + subtask);
        List<Address> placement = config.placement().stream().map(Address::parse).toList();
        this.watcher = new ViewWatcher(channels, placement, "ingest-" + subtask);
        watcher.addListener(this::viewed);
        watcher.start();
    }

    @Override
    public void write(Element element, Context context) {
        ShardFeed feed = element.feed();
        if (element instanceof Element.Opened opened) {
            open(opened);
            return;
        }
        Delivery delivery = deliveries.get(feed.group());
        if (delivery == null) {
            return; // stopped before
        }
        long now = nowMs();
        switch (element) {
            case Element.Judged judged -> {
                delivery.endSeenMs = now;
                carryOut(
                        delivery,
                        delivery.lane.accept(
                                judged.record(), judged.session(), judged.logEnd(), now));
            }
            case Element.Moved moved -> {
                delivery.endSeenMs = now;
                carryOut(
                        delivery,
                        delivery.lane.advance(
                                moved.position(),
                                moved.leaderEpoch(),
                                moved.session(),
                                moved.logEnd(),
                                now));
                settle(delivery);
            }
            case Element.Closed closing -> {
                log.info("{}: closed at {}", feed, delivery.lane.appliedPosition());
                close(delivery);
            }
            case Element.LogCut cut -> stop(delivery, LOG_CUT, cut.message());
            case Element.Failed failed -> stop(delivery, failed.code(), failed.message());
            case Element.Fetched fetched ->
                    throw new IllegalStateException("a record was not judged: " + fetched.feed());
            case Element.Opened opened -> throw new IllegalStateException("handled above");
        }
    }

    /**
     * Nothing to do: the job takes no checkpoints, and what the lanes still hold is read again from
     * where the shards stand.
     */
    @Override
    public void flush(boolean endOfInput) {}

    @Override
    public void close() {
        closed = true;
        if (timer != null) {
            timer.cancel(false);
        }
        deliveries.values().forEach(delivery -> delivery.lane.drop());
        deliveries.clear();
        watcher.close();
        channels.close();
        deadLetters.close();
    }

    private void open(Element.Opened opened) {
        ShardFeed feed = opened.feed();
        // A shard that was made anew has another group; the lane of the one before may have stopped
        // long ago, and its metrics are still there.
        for (Delivery former : List.copyOf(deliveries.values())) {
            if (former.feed.isSameLane(feed)) {
                close(former);
            }
        }
        LaneTarget target = new LaneTarget(feed.group(), feed.topicId(), feed.partition());
        Lane lane = new Lane(target, config.lane(), feed.epoch(), opened.position());
        LaneMetrics laneMetrics = new LaneMetrics(metrics, feed);
        Delivery delivery = new Delivery(feed, opened.control(), lane, laneMetrics);
        deliveries.put(feed.group(), delivery);
        ViewIndex view = routes.view();
        if (view != null) {
            viewed(delivery, view);
        }
        share();
        settle(delivery);
    }

    private void close(Delivery delivery) {
        delivery.lane.drop();
        delivery.metrics.close();
        deliveries.remove(delivery.feed.group(), delivery);
        share();
    }

    /** The lane is over, its metrics stay and say so. */
    private void stop(Delivery delivery, String code, String message) {
        log.error(
                "{}: {} at {}, the feed stops: {}",
                delivery.feed,
                code,
                delivery.lane.appliedPosition(),
                message);
        delivery.lane.drop();
        delivery.control.stop();
        delivery.metrics.update(delivery.lane);
        delivery.metrics.stopped();
    }

    /** Deals the task's memory out anew. */
    private void share() {
        long bytes = config.shareBytes(deliveries.size());
        for (Delivery delivery : deliveries.values()) {
            carryOut(delivery, delivery.lane.resize(bytes));
        }
    }

    private void carryOut(Delivery delivery, List<Effect> effects) {
        for (Effect effect : effects) {
            carryOut(delivery, effect);
        }
    }

    private void carryOut(Delivery delivery, Effect effect) {
        String group = delivery.feed.group();
        switch (effect) {
            case Effect.Send send -> {
                TracedLines.write(delivery.feed, send.journey());
                ApplyBatchRequest request =
                        ApplyBatchRequest.newBuilder()
                                .setBatch(withFreshEnd(delivery, send.batch()))
                                .setJourney(
                                        send.journey().toBuilder()
                                                .setSentAtMs(System.currentTimeMillis()))
                                .build();
                await(delivery, send.number(), workers.apply(group, request), Replies::of);
            }
            case Effect.LookUp ask ->
                    await(
                            delivery,
                            ask.number(),
                            workers.get(group, Replies.lookUp(group, ask.position(), ask.ids())),
                            Replies::of);
            case Effect.Check check ->
                    await(
                            delivery,
                            check.number(),
                            workers.position(group),
                            answer -> Replies.of(answer, delivery.feed.topicId()));
            case Effect.WriteDeadLetters write ->
                    await(
                            delivery,
                            write.number(),
                            deadLetters.write(delivery.feed, write.letters()),
                            done -> new Reply.LettersWritten());
            case Effect.Pause pause -> delivery.control.pause();
            case Effect.Resume resume -> delivery.control.resume();
            case Effect.Rewind rewind -> {
                log.info("{}: rewinding to {}", delivery.feed, rewind.position());
                delivery.control.rewind(rewind.position(), rewind.session());
            }
            case Effect.Retrying retrying -> retrying(delivery, retrying);
            case Effect.Acknowledged batch -> delivery.metrics.acknowledged(batch);
            case Effect.Stop stop -> stop(delivery, stop.code(), stop.message());
        }
    }

    /** A shard must not be taken to be at the end of a log by what was known of it long ago. */
    private static ApplyBatch withFreshEnd(Delivery delivery, ApplyBatch batch) {
        return nowMs() - delivery.endSeenMs <= END_IS_FRESH_MS
                ? batch
                : batch.toBuilder().setLogEnd(-1).build();
    }

    private void retrying(Delivery delivery, Effect.Retrying retrying) {
        delivery.metrics.retrying();
        // Loud, but not once a second for as long as a worker is away.
        if (Integer.bitCount(retrying.failures()) == 1 && retrying.failures() >= 4) {
            // A shard that asks for time is at work, and nothing to worry about.
            log.atLevel(retrying.pressed() ? Level.INFO : Level.WARN)
                    .log(
                            "{}: {} attempts at {}: {}",
                            delivery.feed,
                            retrying.failures(),
                            delivery.lane.appliedPosition(),
                            retrying.reason());
        }
    }

    private <T> void await(
            Delivery delivery,
            long number,
            CompletableFuture<T> answer,
            Function<? super T, Reply> toReply) {
        var unused =
                answer.whenComplete((value, failure) -> {
                    Reply reply =
                            failure == null
                                    ? toReply.apply(value)
                                    : new Reply.Unavailable(String.valueOf(failure));
                    onTask(() -> replied(delivery, number, reply), "reply");
                });
    }

    private void replied(Delivery delivery, long number, Reply reply) {
        if (reply instanceof Reply.UnknownShard && isGone(delivery)) {
            log.info("{}: gone, dropping the lane", delivery.feed);
            delivery.control.stop();
            close(delivery);
            return;
        }
        carryOut(delivery, delivery.lane.reply(number, reply, nowMs()));
        settle(delivery);
    }

    /** Whether the shard was in this task's view and is not any more: not deleted is moving. */
    private boolean isGone(Delivery delivery) {
        ViewIndex view = routes.view();
        return delivery.viewed && view != null && view.shard(delivery.feed.group()) == null;
    }

    /** Watching thread. */
    private void viewed(View view) {
        ViewIndex index = ViewIndex.of(view);
        routes.view(index);
        onTask(() -> deliveries.values().forEach(delivery -> viewed(delivery, index)), "view");
    }

    private static void viewed(Delivery delivery, ViewIndex view) {
        ShardView shard = view.shard(delivery.feed.group());
        if (shard != null) {
            delivery.viewed = true;
            delivery.lane.epoch(shard.feed().epoch());
        }
    }

    /** After an event of a lane: metrics, and the time it wants to be woken at. */
    private void settle(Delivery delivery) {
        delivery.metrics.update(delivery.lane);
        wakeAt(delivery.lane.deadlineMs());
    }

    private void wakeAt(long deadlineMs) {
        if (deadlineMs >= timerAtMs || closed) {
            return;
        }
        if (timer != null) {
            timer.cancel(false);
        }
        timerAtMs = deadlineMs;
        long delayMs = Math.max(0, deadlineMs - nowMs());
        timer = timers.registerTimer(timers.getCurrentProcessingTime() + delayMs, at -> tick());
    }

    private void tick() {
        timerAtMs = Long.MAX_VALUE;
        timer = null;
        long now = nowMs();
        long next = Long.MAX_VALUE;
        for (Delivery delivery : List.copyOf(deliveries.values())) {
            if (delivery.lane.deadlineMs() <= now) {
                carryOut(delivery, delivery.lane.tick(now));
                delivery.metrics.update(delivery.lane);
            }
            next = Math.min(next, delivery.lane.deadlineMs());
        }
        wakeAt(next);
    }

    private void onTask(Runnable action, String what) {
        if (closed) {
            return;
        }
        try {
            mailbox.execute(
                    () -> {
                        if (!closed) {
                            action.run();
                        }
                    },
                    what);
        } catch (RejectedExecutionException e) {
            log.debug("the task is closing", e);
        }
    }

    /** Monotonic: lanes must not see time fall. */
    private static long nowMs() {
        return System.nanoTime() / 1_000_000;
    }
}
