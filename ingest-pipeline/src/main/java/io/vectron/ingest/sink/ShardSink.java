package io.vectron.ingest.sink;

import io.vectron.ingest.config.IngestConfig;
import io.vectron.ingest.config.KafkaSettings;
import io.vectron.ingest.feed.Element;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.kafka.clients.producer.KafkaProducer;

/** Delivers judged records to the workers, in the order of each shard's log. */
public final class ShardSink implements Sink<Element> {
    private final IngestConfig config;
    private final ProducerFactory producers;

    /** A sink whose dead letters go to Kafka. */
    public ShardSink(IngestConfig config) {
        this(config, clientId -> new KafkaProducer<>(KafkaSettings.deadLetters(config, clientId)));
    }

    /** A sink that writes dead letters with these producers. */
    public ShardSink(IngestConfig config, ProducerFactory producers) {
        this.config = config;
        this.producers = producers;
    }

    @Override
    public SinkWriter<Element> createWriter(WriterInitContext context) {
        return new ShardWriter(config, producers, context);
    }
}
