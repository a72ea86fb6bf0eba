package io.vectron.ingest.job;

import io.vectron.ingest.config.IngestConfig;
import io.vectron.ingest.feed.Element;
import io.vectron.ingest.feed.ElementType;
import io.vectron.ingest.sink.ShardSink;
import io.vectron.ingest.source.LogSource;
import io.vectron.ingest.validate.ValidateFunction;
import java.time.Duration;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The ingest job: source → validation → sink, chained into one task. It takes no checkpoints, for
 * the shards' applied positions are the checkpoint, and it restarts for ever.
 */
public final class IngestJob {
    /** Name of the job in Flink's dashboard. */
    public static final String NAME = "vectron-ingest";

    private static final Duration RESTART_DELAY = Duration.ofMillis(500);

    private final LogSource source;
    private final Sink<Element> sink;
    private final int parallelism;

    /** The job against real Kafka, placement and workers. */
    public IngestJob(IngestConfig config) {
        this(new LogSource(config), new ShardSink(config), config.parallelism());
    }

    /** The job with parts of the caller's choice. */
    public IngestJob(LogSource source, Sink<Element> sink, int parallelism) {
        this.source = source;
        this.sink = sink;
        this.parallelism = parallelism;
    }

    /** The job as a cluster takes it. */
    public JobGraph jobGraph() {
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.getExecutionEnvironment(settings());
        build(environment);
        // The stream graph itself cannot be submitted: Flink 2.3 gives it no job id.
        return environment.getStreamGraph().getJobGraph();
    }

    /** Adds the job to an environment, such as the one of a cluster in application mode. */
    public void build(StreamExecutionEnvironment environment) {
        environment.configure(settings());
        environment.setParallelism(parallelism);
        environment
                .fromSource(source, WatermarkStrategy.noWatermarks(), "log")
                .uid("log")
                .flatMap(new ValidateFunction())
                .returns(ElementType.INSTANCE)
                .uid("validate")
                .name("validate")
                .sinkTo(sink)
                .uid("shards")
                .name("shards");
    }

    private static Configuration settings() {
        Configuration settings = new Configuration();
        settings.set(PipelineOptions.NAME, NAME);
        settings.set(PipelineOptions.OBJECT_REUSE, true);
        settings.set(PipelineOptions.GENERIC_TYPES, false);
        // Elements are handed over by reference: see FeedControl.
        settings.set(PipelineOptions.OPERATOR_CHAINING, true);
        settings.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
        settings.set(
                RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, Integer.MAX_VALUE);
        settings.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, RESTART_DELAY);
        return settings;
    }
}
