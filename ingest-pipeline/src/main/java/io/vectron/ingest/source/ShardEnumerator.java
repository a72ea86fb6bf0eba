package io.vectron.ingest.source;

import io.vectron.common.rpc.Address;
import io.vectron.common.rpc.Channels;
import io.vectron.common.rpc.ViewWatcher;
import io.vectron.ingest.config.IngestConfig;
import io.vectron.ingest.feed.ShardFeed;
import io.vectron.ingest.route.Routes;
import io.vectron.ingest.route.ShardView;
import io.vectron.ingest.route.ViewIndex;
import io.vectron.ingest.route.Workers;
import io.vectron.proto.log.v1.CaughtUp;
import io.vectron.proto.log.v1.Halt;
import io.vectron.proto.placement.v1.View;
import io.vectron.proto.worker.v1.PositionResponse;
import io.vectron.proto.worker.v1.ReplicaCondition;
import io.vectron.proto.worker.v1.ReportLogRequest;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.metrics.MetricGroup;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands shards out to readers: placement's view says which there are, each shard itself says where
 * to start. All decisions are {@link Assignments}'; this class carries them out and brings every
 * answer back to the coordinator's thread, which alone touches them.
 */
final class ShardEnumerator implements SplitEnumerator<ShardSplit, byte[]> {
    private static final Logger log = LoggerFactory.getLogger(ShardEnumerator.class);

    private static final CompletableFuture<Map<String, LogLook>> NOT_LOOKED =
            CompletableFuture.completedFuture(Map.of());

    private final SplitEnumeratorContext<ShardSplit> context;
    private final IngestConfig config;
    private final Assignments assignments; // coordinator thread only
    private final Channels channels = new Channels();
    private final Routes routes = new Routes();
    private final Workers workers;
    private final ViewWatcher watcher;
    private final PositionPublisher publisher;
    private final LogSurvey survey;
    private final LogWatch watch;
    private volatile boolean closed;

    ShardEnumerator(
            SplitEnumeratorContext<ShardSplit> context, IngestConfig config, LogSurvey survey) {
        this.context = context;
        this.config = config;
        this.assignments = new Assignments(context.currentParallelism());
        this.workers = new Workers(channels, routes, config.pace().callTimeout());
        List<Address> placement = config.placement().stream().map(Address::parse).toList();
        this.watcher = new ViewWatcher(channels, placement, "ingest-enumerator");
        this.publisher = new PositionPublisher(config, workers);
        this.survey = survey;
        this.watch = new LogWatch(workers, survey);
    }

    @Override
    public void start() {
        MetricGroup metrics = context.metricGroup().addGroup("vectron");
        metrics.gauge("assignedShards", assignments::assigned);
        metrics.gauge("haltedShards", assignments::halted);
        watcher.addListener(this::viewed);
        watcher.start();
        every(config.pace().discovery().toMillis(), () -> carryOut(assignments.due()));
        every(config.pace().publish().toMillis(), () -> publisher.publish(assignments.published()));
        every(
                config.pace().watch().toMillis(),
                () ->
                        watch.look(
                                assignments.assignedFeeds(),
                                (places, looks) ->
                                        onCoordinator(() ->
                                                carryOut(assignments.watched(places, looks)))));
    }

    @Override
    public void addReader(int subtask) {
        carryOut(assignments.readerAdded(subtask));
    }

    @Override
    public void addSplitsBack(List<ShardSplit> splits, int subtask) {
        // Whatever the splits say: the shards know better where to go on.
        assignments.readerLost(subtask);
    }

    @Override
    public void handleSplitRequest(int subtask, @Nullable String host) {
        // Splits are pushed.
    }

    @Override
    public void handleSourceEvent(int subtask, SourceEvent event) {
        if (event instanceof LogWasCut cut) {
            log.error("group {}: its log does not go on at {}", cut.group(), cut.position());
            carryOut(assignments.cut(cut));
        }
    }

    @Override
    public byte[] snapshotState(long checkpointId) {
        return new byte[0];
    }

    @Override
    public void close() {
        closed = true;
        watcher.close();
        publisher.close();
        survey.close();
        channels.close();
    }

    /** Watching thread. */
    private void viewed(View view) {
        ViewIndex index = ViewIndex.of(view);
        routes.view(index);
        onCoordinator(() -> carryOut(assignments.view(index)));
    }

    private void carryOut(List<Assignments.Step> steps) {
        for (Assignments.Step step : steps) {
            switch (step) {
                case Assignments.Step.Ask(ShardView shard, long question) -> ask(shard, question);
                case Assignments.Step.Assign(ShardSplit split, int reader) -> assign(split, reader);
                case Assignments.Step.Remove(String group, int reader) -> {
                    log.info("removing the feed of group {} from reader {}", group, reader);
                    if (context.registeredReaders().containsKey(reader)) {
                        context.sendEventToSourceReader(reader, new RemoveSplit(group));
                    }
                }
                case Assignments.Step.Report(ShardFeed feed, Halt halt) ->
                        report(feed, ReportLogRequest.newBuilder().setHalt(halt));
                case Assignments.Step.Tell(ShardFeed feed, CaughtUp caughtUp) ->
                        report(feed, ReportLogRequest.newBuilder().setCaughtUp(caughtUp));
                case Assignments.Step.Forget(String collection) -> publisher.forget(collection);
                case Assignments.Step.Problem(var feed, String message) ->
                        log.warn("{}: {}", feed, message);
            }
        }
    }

    private void assign(ShardSplit split, int reader) {
        if (!context.registeredReaders().containsKey(reader)) {
            // Lost between the question and the answer; addReader will come.
            assignments.readerLost(reader);
            return;
        }
        log.info("{}: reader {} starts at {}", split.feed(), reader, split.position());
        context.assignSplit(split, reader);
    }

    private void ask(ShardView shard, long question) {
        ShardFeed feed = shard.feed();
        var unused =
                workers.position(feed.group())
                        .handle((answer, failure) ->
                                answer == null ? PositionResponse.getDefaultInstance() : answer)
                        .thenCompose(answer ->
                                (answer.hasApplied() ? survey.look(List.of(feed)) : NOT_LOOKED)
                                        .whenComplete((looks, failure) ->
                                                onCoordinator(() ->
                                                        carryOut(
                                                                judge(
                                                                        feed.group(),
                                                                        question,
                                                                        answer,
                                                                        looks,
                                                                        failure)))));
    }

    private List<Assignments.Step> judge(
            String group,
            long question,
            PositionResponse answer,
            @Nullable Map<String, LogLook> looks,
            @Nullable Throwable failure) {
        return switch (answer.getOutcomeCase()) {
            case APPLIED ->
                    looks == null
                            ? assignments.failed(
                                    group, question, "its log cannot be looked at: " + failure)
                            : assignments.answered(
                                    group, question, ShardPlace.of(answer), looks.get(group));
            case UNKNOWN_SHARD -> assignments.failed(group, question, "no replica there yet");
            case NOT_LEADER ->
                    assignments.failed(group, question, "the asked member does not lead");
            case UNAVAILABLE ->
                    unavailable(group, question, answer.getUnavailable().getCondition());
            case OUTCOME_NOT_SET -> assignments.failed(group, question, "no answer");
        };
    }

    private List<Assignments.Step> unavailable(
            String group, long question, ReplicaCondition condition) {
        return switch (condition.getConditionCase()) {
            case LOG_DIVERGED, OUTDATED ->
                    assignments.halted(group, question, condition.getDetail());
            case OPENING, JOINING, RUNNING, FAILED, QUARANTINED, CONDITION_NOT_SET ->
                    assignments.failed(
                            group, question, "the replica is " + condition.getConditionCase());
        };
    }

    /** What is not taken is told again: a shard that has not stopped is asked again. */
    private void report(ShardFeed feed, ReportLogRequest.Builder finding) {
        var unused =
                workers.report(feed.group(), finding.setGroup(feed.group()).build())
                        .whenComplete((answer, failure) -> {
                            if (failure != null) {
                                log.info("{}: not told: {}", feed, failure.toString());
                            } else {
                                log.debug("{}: told, and it answered {}", feed, answer);
                            }
                        });
    }

    private void every(long periodMs, Runnable action) {
        context.callAsync(
                () -> true,
                (ignored, failure) -> {
                    if (!closed) {
                        action.run();
                    }
                },
                periodMs,
                periodMs);
    }

    private void onCoordinator(Runnable action) {
        if (closed) {
            return;
        }
        try {
            context.runInCoordinatorThread(() -> {
                if (!closed) {
                    action.run();
                }
            });
        } catch (RejectedExecutionException e) {
            log.debug("the coordinator is closing", e);
        }
    }
}
