package io.vectron.ingest.source;

import io.vectron.common.rpc.Address;
import io.vectron.common.rpc.Channels;
import io.vectron.common.rpc.ViewWatcher;
import io.vectron.ingest.config.IngestConfig;
import io.vectron.ingest.route.Routes;
import io.vectron.ingest.route.ShardView;
import io.vectron.ingest.route.ViewIndex;
import io.vectron.ingest.route.Workers;
import io.vectron.proto.placement.v1.View;
import io.vectron.proto.worker.v1.PositionResponse;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
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

    private final SplitEnumeratorContext<ShardSplit> context;
    private final IngestConfig config;
    private final Assignments assignments; // coordinator thread only
    private final Channels channels = new Channels();
    private final Routes routes = new Routes();
    private final Workers workers;
    private final ViewWatcher watcher;
    private final PositionPublisher publisher;
    private volatile boolean closed;

    ShardEnumerator(SplitEnumeratorContext<ShardSplit> context, IngestConfig config) {
        this.context = context;
        this.config = config;
        this.assignments = new Assignments(context.currentParallelism());
        this.workers = new Workers(channels, routes, config.pace().callTimeout());
        List<Address> placement = config.placement().stream().map(Address::parse).toList();
        this.watcher = new ViewWatcher(channels, placement, "ingest-enumerator");
        this.publisher = new PositionPublisher(config, workers);
    }

    @Override
    public void start() {
        context.metricGroup().addGroup("vectron").gauge("assignedShards", assignments::assigned);
        watcher.addListener(this::viewed);
        watcher.start();
        every(config.pace().discovery().toMillis(), () -> carryOut(assignments.due()));
        every(config.pace().publish().toMillis(), () -> publisher.publish(assignments.published()));
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
    public byte[] snapshotState(long checkpointId) {
        return new byte[0];
    }

    @Override
    public void close() {
        closed = true;
        watcher.close();
        publisher.close();
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
        String group = shard.feed().group();
        var unused =
                workers.position(group)
                        .whenComplete((answer, failure) ->
                                onCoordinator(
                                        () -> carryOut(judge(group, question, answer, failure))));
    }

    private List<Assignments.Step> judge(
            String group,
            long question,
            @Nullable PositionResponse answer,
            @Nullable Throwable failure) {
        if (answer == null) {
            return assignments.failed(group, question, "no answer: " + failure);
        }
        return switch (answer.getOutcomeCase()) {
            case APPLIED ->
                    assignments.answered(
                            group,
                            question,
                            answer.getTopicId(),
                            answer.getApplied().getPosition());
            case UNKNOWN_SHARD -> assignments.failed(group, question, "no replica there yet");
            case NOT_LEADER ->
                    assignments.failed(group, question, "the asked member does not lead");
            case UNAVAILABLE ->
                    assignments.failed(
                            group,
                            question,
                            "the replica is "
                                    + answer.getUnavailable().getCondition().getConditionCase());
            case OUTCOME_NOT_SET -> assignments.failed(group, question, "an empty answer");
        };
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
