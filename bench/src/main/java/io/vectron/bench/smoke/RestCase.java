package io.vectron.bench.smoke;

import io.vectron.bench.report.Measurement;
import io.vectron.bench.run.Session;
import io.vectron.bench.run.Vectors;
import io.vectron.bench.run.VectronProcess;
import io.vectron.cli.terminal.Progress;
import io.vectron.cli.terminal.Screen;
import io.vectron.proto.log.v1.Metric;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.RecordMetadata;

/**
 * What a search costs the process over each protocol: the same queries, one at a time, in turns.
 * What the process burns when nobody asks is taken off.
 */
final class RestCase {

    private static final String COLLECTION = "bench-rest";
    private static final int POINTS = 2_000;
    private static final int TOP_K = 10;

    /** Until the compiler has seen both ways often. */
    private static final int WARM_UP_ROUNDS = 8;

    private static final int ROUNDS = 8;
    private static final int QUERIES = 1_000;
    private static final Duration IDLE = Duration.ofSeconds(5);
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    private final VectronProcess process;
    private final Session session;
    private final Vectors vectors;
    private final Screen screen;

    RestCase(VectronProcess process, Session session, Vectors vectors, Screen screen) {
        this.process = process;
        this.session = session;
        this.vectors = vectors;
        this.screen = screen;
    }

    /** A way to ask for the neighbours of a row. */
    private interface Ask {
        void row(int number) throws IOException, InterruptedException;
    }

    Measurement run() throws IOException, InterruptedException {
        load();
        List<HttpRequest> requests = requests();
        try (HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            Ask rest = row -> send(client, requests.get(row));
            Ask grpc = row -> session.search(COLLECTION, vectors.rows().row(row), TOP_K, DEADLINE);
            Progress progress = new Progress(screen, "rest", 0, WARM_UP_ROUNDS + ROUNDS);
            for (int round = 0; round < WARM_UP_ROUNDS; round++) {
                cpuNanos(grpc);
                cpuNanos(rest);
                progress.at(round, "");
            }
            double idle = idleNanosPerNano();
            double grpcNanos = 0;
            double restNanos = 0;
            for (int round = 0; round < ROUNDS; round++) {
                grpcNanos += net(grpc, idle);
                restNanos += net(rest, idle);
                progress.at(WARM_UP_ROUNDS + round, "");
            }
            progress.end();
            session.delete(COLLECTION);
            return measurement(grpcNanos, restNanos);
        }
    }

    private Measurement measurement(double grpcNanos, double restNanos) {
        Map<String, String> params = new LinkedHashMap<>();
        params.put("points", "" + POINTS);
        params.put("dimension", "" + vectors.dimension());
        params.put("queries", "" + ROUNDS * QUERIES);
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put("cpu_ratio", restNanos / grpcNanos);
        metrics.put("grpc_cpu_us", grpcNanos / 1e3 / ROUNDS / QUERIES);
        metrics.put("rest_cpu_us", restNanos / 1e3 / ROUNDS / QUERIES);
        return new Measurement("smoke", "rest", "vectron", vectors.name(), params, metrics);
    }

    private void load() throws InterruptedException {
        var collection = session.create(COLLECTION, vectors.dimension(), Metric.METRIC_COSINE, 1);
        String topic = collection.getFacts().getTopic();
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (int i = 0; i < POINTS; i++) {
            sent.add(
                    session.producer().send(Session.record(topic, "p" + i, vectors.rows().row(i))));
        }
        try {
            RecordMetadata last = sent.getLast().get();
            session.searchAtLeast(COLLECTION, vectors.rows().row(0), List.of(last), DEADLINE);
        } catch (ExecutionException e) {
            throw new IllegalStateException("Kafka refused a record", e.getCause());
        }
    }

    private List<HttpRequest> requests() {
        URI uri =
                URI.create(
                        process.ready().rest()
                                + "/v1/collections/"
                                + COLLECTION
                                + "/points/search");
        List<HttpRequest> requests = new ArrayList<>(QUERIES);
        for (int row = 0; row < QUERIES; row++) {
            StringBuilder body = new StringBuilder("{\"vector\":[");
            String separator = "";
            for (float component : vectors.rows().row(row)) {
                body.append(separator).append(component);
                separator = ",";
            }
            body.append("],\"top_k\":").append(TOP_K).append('}');
            requests.add(
                    HttpRequest.newBuilder(uri)
                            .header("Content-Type", "application/json")
                            .POST(BodyPublishers.ofString(body.toString()))
                            .build());
        }
        return requests;
    }

    private static void send(HttpClient client, HttpRequest request)
            throws IOException, InterruptedException {
        HttpResponse<byte[]> response = client.send(request, BodyHandlers.ofByteArray());
        if (response.statusCode() != 200) {
            throw new IllegalStateException("REST search ended with " + response.statusCode());
        }
    }

    /** What the process burns on a round, without what it burns anyway. */
    private double net(Ask ask, double idleNanosPerNano) throws IOException, InterruptedException {
        long start = System.nanoTime();
        double cpu = cpuNanos(ask);
        return cpu - idleNanosPerNano * (System.nanoTime() - start);
    }

    private double cpuNanos(Ask ask) throws IOException, InterruptedException {
        Duration before = process.cpu();
        for (int row = 0; row < QUERIES; row++) {
            ask.row(row);
        }
        return process.cpu().minus(before).toNanos();
    }

    private double idleNanosPerNano() throws InterruptedException {
        Duration before = process.cpu();
        long start = System.nanoTime();
        Thread.sleep(IDLE);
        return process.cpu().minus(before).toNanos() / (double) (System.nanoTime() - start);
    }
}
