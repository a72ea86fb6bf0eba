package io.vectron.ingest.source;

import io.vectron.ingest.config.IngestConfig;
import io.vectron.ingest.config.KafkaSettings;
import io.vectron.ingest.feed.Element;
import io.vectron.ingest.feed.ElementType;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.kafka.clients.consumer.KafkaConsumer;

/**
 * The topics of all collections, read from where their shards stand. Collections come and go while
 * the job runs. Must run without checkpoints: the shards' applied positions are the checkpoint.
 */
public final class LogSource
        implements Source<Element, ShardSplit, byte[]>, ResultTypeQueryable<Element> {
    private final IngestConfig config;
    private final ConsumerFactory consumers;
    private final LogSurvey.Factory surveys;

    /** A source that reads from Kafka. */
    public LogSource(IngestConfig config) {
        this(
                config,
                clientId -> new KafkaConsumer<>(KafkaSettings.consumer(config, clientId)),
                KafkaLogSurvey::new);
    }

    /** A source that reads with these consumers, and looks at logs with these surveys. */
    public LogSource(IngestConfig config, ConsumerFactory consumers, LogSurvey.Factory surveys) {
        this.config = config;
        this.consumers = consumers;
        this.surveys = surveys;
    }

    @Override
    public Boundedness getBoundedness() {
        return Boundedness.CONTINUOUS_UNBOUNDED;
    }

    @Override
    public SourceReader<Element, ShardSplit> createReader(SourceReaderContext context) {
        return new LogReader(context, consumers);
    }

    @Override
    public SplitEnumerator<ShardSplit, byte[]> createEnumerator(
            SplitEnumeratorContext<ShardSplit> context) {
        return new ShardEnumerator(context, config, surveys.create(config));
    }

    @Override
    public SplitEnumerator<ShardSplit, byte[]> restoreEnumerator(
            SplitEnumeratorContext<ShardSplit> context, byte[] checkpoint) {
        return createEnumerator(context); // the state lies in the shards
    }

    @Override
    public SimpleVersionedSerializer<ShardSplit> getSplitSerializer() {
        return new ShardSplitSerializer();
    }

    @Override
    public SimpleVersionedSerializer<byte[]> getEnumeratorCheckpointSerializer() {
        return new NothingSerializer();
    }

    @Override
    public TypeInformation<Element> getProducedType() {
        return ElementType.INSTANCE;
    }

    /** The enumerator keeps nothing. */
    private static final class NothingSerializer implements SimpleVersionedSerializer<byte[]> {
        @Override
        public int getVersion() {
            return 1;
        }

        @Override
        public byte[] serialize(byte[] nothing) {
            return nothing;
        }

        @Override
        public byte[] deserialize(int version, byte[] nothing) {
            return nothing;
        }
    }
}
