package io.vectron.bench.smoke;

import io.vectron.bench.report.Measurement;
import io.vectron.bench.report.Percentiles;
import io.vectron.bench.run.Session;
import io.vectron.bench.run.Vectors;
import io.vectron.cli.terminal.Progress;
import io.vectron.cli.terminal.Screen;
import io.vectron.proto.log.v1.Metric;
import io.vectron.proto.v1.Collection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;

/** The cases that load vectors through Kafka and ask the gateway. */
final class LoadCases {
    private static final int WARM_UP_POINTS = 50;
    private static final Duration FRESH_DEADLINE = Duration.ofSeconds(30);
    private static final Duration INGEST_DEADLINE = Duration.ofMinutes(10);

    private final Session session;
    private final Vectors vectors;
    private final Screen screen;

    LoadCases(Session session, Vectors vectors, Screen screen) {
        this.session = session;
        this.vectors = vectors;
        this.screen = screen;
    }

    /**
     * One point at a time: from the producer's acknowledgement to the answer of a search that holds
     * it.
     */
    Measurement freshness(int points) throws InterruptedException {
        String name = "bench-freshness";
        Collection collection = session.create(name, vectors.dimension(), Metric.METRIC_COSINE, 1);
        double[] millis = new double[points];
        Progress progress = new Progress(screen, "freshness", 0, WARM_UP_POINTS + points);
        for (int i = 0; i < WARM_UP_POINTS + points; i++) {
            float[] row = vectors.rows().row(i);
            ProducerRecord<byte[], byte[]> record =
                    Session.record(collection.getFacts().getTopic(), "p" + i, row);
            RecordMetadata acknowledged = send(record);
            long start = System.nanoTime();
            session.searchAtLeast(name, row, List.of(acknowledged), FRESH_DEADLINE);
            if (i >= WARM_UP_POINTS) {
                millis[i - WARM_UP_POINTS] = (System.nanoTime() - start) / 1e6;
            }
            progress.at(i, "");
        }
        progress.end();
        session.delete(name);
        var percentiles = new Percentiles(millis);
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put("p50_ms", percentiles.at(0.5));
        metrics.put("p99_ms", percentiles.at(0.99));
        metrics.put("max_ms", percentiles.max());
        return measurement("freshness", Map.of("points", "" + points), metrics);
    }

    private RecordMetadata send(ProducerRecord<byte[], byte[]> record) throws InterruptedException {
        try {
            return session.producer().send(record).get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("Kafka refused a record", e.getCause());
        }
    }

    /** Prepared records as fast as Kafka takes them, until the last one is searchable. */
    Measurement ingest(int points, int shards) {
        String name = "bench-ingest";
        Collection collection =
                session.create(name, vectors.dimension(), Metric.METRIC_COSINE, shards);
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>(points);
        for (int i = 0; i < points; i++) {
            float[] row = vectors.rows().row(i);
            records.add(Session.record(collection.getFacts().getTopic(), "p" + i, row));
        }
        Map<Integer, RecordMetadata> last = new ConcurrentHashMap<>();
        AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
        AtomicInteger acknowledged = new AtomicInteger();
        Progress progress = new Progress(screen, "ingest, to Kafka", 0, points);
        long start = System.nanoTime();
        for (ProducerRecord<byte[], byte[]> record : records) {
            var _ =
                    session.producer()
                            .send(
                                    record,
                                    (metadata, error) -> {
                                        if (error != null) {
                                            failure.compareAndSet(null, error);
                                            return;
                                        }
                                        last.merge(
                                                metadata.partition(), metadata, LoadCases::later);
                                        progress.at(acknowledged.incrementAndGet(), "");
                                    });
        }
        session.producer().flush();
        double logged = (System.nanoTime() - start) / 1e9;
        @Nullable Exception refused = failure.get();
        if (refused != null) {
            throw new IllegalStateException("Kafka refused a record", refused);
        }
        progress.end();
        screen.line("ingest: in Kafka after " + Math.round(logged) + " s, waiting for search");
        session.searchAtLeast(name, vectors.rows().row(0), last.values(), INGEST_DEADLINE);
        double seconds = (System.nanoTime() - start) / 1e9;
        session.delete(name);
        Map<String, String> params = new LinkedHashMap<>();
        params.put("points", "" + points);
        params.put("shards", "" + shards);
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put("vectors_per_second", points / seconds);
        metrics.put("seconds", seconds);
        metrics.put("kafka_seconds", logged);
        return measurement("ingest", params, metrics);
    }

    private static RecordMetadata later(RecordMetadata one, RecordMetadata other) {
        return one.offset() > other.offset() ? one : other;
    }

    private Measurement measurement(
            String scenario, Map<String, String> params, Map<String, Double> metrics) {
        return new Measurement("smoke", scenario, "vectron", vectors.name(), params, metrics);
    }
}
