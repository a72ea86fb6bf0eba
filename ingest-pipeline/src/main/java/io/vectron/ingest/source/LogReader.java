package io.vectron.ingest.source;

import io.vectron.ingest.feed.Element;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.jspecify.annotations.Nullable;

/**
 * Reads the splits of one task, with one {@link LogPoller} a generation. Keeps no state: where to
 * start is what the shards have applied, and the enumerator asks them.
 */
final class LogReader implements SourceReader<Element, ShardSplit> {
    private final SourceReaderContext context;
    private final ConsumerFactory consumers;
    private final Handover handover = new Handover();

    /** By generation; written by the task, read by metrics, too. */
    private final Map<Integer, LogPoller> pollers = new ConcurrentHashMap<>();

    private final Map<String, SplitHandle> splits = new HashMap<>(); // by group
    private final Counter fetched;
    private final Counter failures;

    LogReader(SourceReaderContext context, ConsumerFactory consumers) {
        this.context = context;
        this.consumers = consumers;
        MetricGroup metrics = context.metricGroup().addGroup("vectron");
        this.fetched = metrics.counter("recordsFetched");
        this.failures = metrics.counter("pollFailures");
        metrics.gauge("splits", splits::size);
        metrics.gauge(
                "corruptPartitions",
                () -> pollers.values().stream().mapToInt(LogPoller::corruptPartitions).sum());
    }

    @Override
    public void start() {
        // Pollers start with their first split.
    }

    @Override
    public InputStatus pollNext(ReaderOutput<Element> output) throws IOException {
        Element element = handover.next();
        if (element == null) {
            return InputStatus.NOTHING_AVAILABLE;
        }
        if (element instanceof Element.Fetched) {
            fetched.inc();
        }
        if (element instanceof Element.LogCut cut) {
            String group = cut.feed().group();
            splits.remove(group);
            context.sendSourceEventToCoordinator(
                    new LogWasCut(group, cut.position(), cut.epochEnd()));
        }
        output.collect(element);
        return InputStatus.MORE_AVAILABLE;
    }

    @Override
    public CompletableFuture<Void> isAvailable() {
        return handover.available();
    }

    @Override
    public void addSplits(List<ShardSplit> assigned) {
        for (ShardSplit split : assigned) {
            splits.put(split.splitId(), poller(split.feed().generation()).add(split));
        }
    }

    @Override
    public void handleSourceEvents(SourceEvent event) {
        if (event instanceof RemoveSplit remove) {
            SplitHandle handle = splits.remove(remove.group());
            if (handle != null) {
                handle.stop();
            }
        }
    }

    @Override
    public void notifyNoMoreSplits() {
        // Never told: collections come as long as the job runs.
    }

    @Override
    public List<ShardSplit> snapshotState(long checkpointId) {
        return List.of();
    }

    @Override
    public void close() {
        handover.close();
        pollers.values().forEach(LogPoller::close);
    }

    private LogPoller poller(int generation) {
        @Nullable LogPoller poller = pollers.get(generation);
        if (poller == null) {
            String name = "log-poller-" + context.getIndexOfSubtask() + "-g" + generation;
            poller =
                    new LogPoller(
                            name,
                            consumers.create("vectron-ingest-" + name),
                            handover,
                            failures::inc);
            pollers.put(generation, poller);
            poller.start();
        }
        return poller;
    }
}
