package io.vectron.standalone.system;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.vectron.common.log.Headers;
import io.vectron.common.record.Rule;
import io.vectron.proto.log.v1.CollectionFacts;
import io.vectron.proto.log.v1.Metric;
import io.vectron.proto.v1.WriteToken;
import io.vectron.standalone.port.Part;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The clients of {@code examples/}, each as a process of its own, against a real broker. */
@SuppressWarnings("NullAway.Init")
class ProducersIT {
    private static final int BIG_RECORDS = 16;

    @TempDir static Path folder;

    private static SystemFixture system;
    private static Client client;
    private static String bootstrap;

    @BeforeAll
    static void start() throws Exception {
        system = SystemFixture.start(folder.resolve("data"));
        client = system.client();
        bootstrap = system.ports().address(Part.KAFKA);
    }

    @AfterAll
    static void stop() throws Exception {
        system.close();
    }

    @Test
    void plainJavaProducer() throws Exception {
        CollectionFacts facts = create("java");
        assertWritesEverything(
                facts, Clients.java("PlainProducer.java", bootstrap, facts.getTopic()));
    }

    @Test
    void pythonOnLibrdkafka() throws Exception {
        CollectionFacts facts = create("python");
        Path script = Clients.EXAMPLES.resolve("python/produce.py");
        assertWritesEverything(facts, Clients.python(script, bootstrap, facts.getTopic()));
    }

    @Test
    void pythonWithoutNativeLibrary() throws Exception {
        CollectionFacts facts = create("kafka-python");
        Path script = Clients.EXAMPLES.resolve("python/produce_kafka_python.py");
        assertWritesEverything(facts, Clients.python(script, bootstrap, facts.getTopic()));
    }

    @Test
    void node() throws Exception {
        CollectionFacts facts = create("node");
        assertWritesEverything(facts, Clients.node(bootstrap, facts.getTopic()));
    }

    @Test
    void consoleProducer() throws Exception {
        CollectionFacts facts = create("console");
        Map<String, String> points = NastyPoints.json();
        Path script = Clients.EXAMPLES.resolve("console/produce.sh");

        Clients.run(
                        Clients.kafkaHome(),
                        List.of("bash", script.toString(), bootstrap, facts.getTopic()),
                        NastyPoints.lines(points, "null"))
                .lines();

        client.awaitCaughtUp(facts.getName());
        NastyPoints.assertHeld(client, facts.getName(), points, List.of());
        assertHome(facts, points.size() + 2);
    }

    @Test
    void librdkafkaByItsDefaultMissesTheShardsAndTheLettersSayWhatToSet() throws Exception {
        CollectionFacts facts = create("mistake");
        String example = Files.readString(Clients.EXAMPLES.resolve("python/produce.py"));
        String setting = "\"partitioner\": \"murmur2_random\",";
        assertThat(example).contains(setting);
        Path mistake = Clients.file("mistake.py", example.replace(setting, ""));
        Map<String, String> points = NastyPoints.json();

        Clients.run(
                        Clients.python(mistake, bootstrap, facts.getTopic()),
                        NastyPoints.lines(points, ""))
                .lines();

        client.awaitCaughtUp(facts.getName());
        List<ConsumerRecord<byte[], byte[]>> letters =
                system.kafka().read(facts.getDeadLetterTopic());
        Set<String> refused = new HashSet<>();
        for (ConsumerRecord<byte[], byte[]> letter : letters) {
            String id = new String(letter.key(), UTF_8);
            refused.add(id);
            assertThat(PlainKafka.header(letter, Headers.RULE))
                    .isEqualTo(Rule.WRONG_PARTITION.key());
            assertThat(PlainKafka.header(letter, Headers.REASON))
                    .contains("partition " + Points.home(id, NastyPoints.SHARDS))
                    .contains("partitioner=murmur2_random");
        }
        assertThat(refused.size())
                .as("one of five finds its shard by chance")
                .isBetween(points.size() / 2, points.size());
        Map<String, String> found = new LinkedHashMap<>(points);
        found.keySet().removeAll(refused);
        NastyPoints.assertHeld(client, facts.getName(), found, List.of());
    }

    @Test
    void transactionalJavaProducerWritesAllOfATransactionOrNothing() throws Exception {
        CollectionFacts facts = create("transactional");
        Map<String, String> points = NastyPoints.json();
        String other = "{\"vector\":[9,9,9]}";
        StringBuilder in = new StringBuilder();
        in.append(NastyPoints.lines(points, "")).append("commit\n");
        for (String id : points.keySet()) {
            in.append(id).append('\t').append(other).append('\n');
        }
        in.append("never\t").append(other).append("\nabort\n");
        in.append("a\t\ncommit\n");
        in.append("left open\t").append(other).append('\n');
        List<String> command =
                Clients.java("TransactionalProducer.java", bootstrap, facts.getTopic(), "example");

        List<String> printed = Clients.run(command, in.toString()).lines();

        int committed = points.size() + 3;
        assertThat(printed).hasSize(committed);
        points.remove("a");
        List<WriteToken> tokens = new ArrayList<>();
        for (String line : printed) {
            tokens.add(NastyPoints.token(line));
        }
        NastyPoints.assertHeld(client, facts.getName(), points, tokens);
        assertHome(facts, committed);
        long written =
                system.kafka().ends(facts.getTopic()).values().stream()
                        .mapToLong(Long::longValue)
                        .sum();
        assertThat(written)
                .as("what was aborted lies in the log, and so do the markers")
                .isGreaterThan(committed + points.size());
        client.awaitCaughtUp(facts.getName());
        NastyPoints.assertHeld(client, facts.getName(), points, List.of());
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "snappy", "lz4", "zstd"})
    void batchesOfBigRecordsAreReadHoweverTheyAreCompressed(String codec) throws Exception {
        int dimension = 4_096;
        CollectionFacts facts =
                client.create("compressed-" + codec, dimension, Metric.METRIC_COSINE, 2).getFacts();
        // Numbers as long as some languages print them: about 80 KiB a record.
        String components = ",0.12345678901234567890".repeat(dimension - 1);
        Map<String, Object> settings =
                Map.of("compression.type", codec, "batch.size", 900_000, "linger.ms", 5_000);
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        try (KafkaProducer<byte[], byte[]> producer = system.kafka().producer(settings)) {
            for (int i = 0; i < BIG_RECORDS; i++) {
                String json = "{\"vector\":[" + (i + 1) + components + "]}";
                var record =
                        new ProducerRecord<>(
                                facts.getTopic(),
                                ("big-" + i).getBytes(UTF_8),
                                json.getBytes(UTF_8));
                record.headers().add("traceparent", new byte[] {1, 2, 3}).add("empty", null);
                sent.add(producer.send(record));
            }
            producer.flush();
            assertThat(metric(producer, "compression-rate-avg")).isLessThan(0.5);
            assertThat(metric(producer, "records-per-request-avg")).isGreaterThan(5);
        }

        List<WriteToken> tokens = new ArrayList<>();
        for (Future<RecordMetadata> written : sent) {
            tokens.add(PlainKafka.token(written.get()));
        }
        float[] query = new float[dimension];
        query[0] = 1;
        assertThat(Client.ids(client.search(facts.getName(), BIG_RECORDS, tokens, query)))
                .hasSize(BIG_RECORDS)
                .startsWith("big-" + (BIG_RECORDS - 1));
        assertThat(system.kafka().read(facts.getDeadLetterTopic())).isEmpty();
    }

    private static double metric(KafkaProducer<byte[], byte[]> producer, String name) {
        return producer.metrics().values().stream()
                .filter(metric ->
                        metric.metricName().name().equals(name)
                                && metric.metricName().group().equals("producer-metrics"))
                .mapToDouble(metric -> (double) metric.metricValue())
                .sum();
    }

    private static CollectionFacts create(String name) {
        return client.create(
                        name, NastyPoints.DIMENSION, Metric.METRIC_EUCLIDEAN, NastyPoints.SHARDS)
                .getFacts();
    }

    /** Runs an example that prints tokens, and reads what it wrote by nothing but these. */
    private static void assertWritesEverything(CollectionFacts facts, List<String> command)
            throws Exception {
        Map<String, String> points = NastyPoints.json();

        List<String> printed = Clients.run(command, NastyPoints.lines(points, "")).lines();

        List<WriteToken> tokens = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        for (String line : printed) {
            String id = line.substring(0, line.indexOf('\t'));
            WriteToken token = NastyPoints.token(line);
            assertThat(token.getPartition()).as(id).isEqualTo(Points.home(id, NastyPoints.SHARDS));
            tokens.add(token);
            ids.add(id);
        }
        assertThat(tokens).hasSize(points.size() + 2);
        assertThat(ids).containsAll(points.keySet()).contains(NastyPoints.DELETED);
        NastyPoints.assertHeld(client, facts.getName(), points, tokens);
        for (ConsumerRecord<byte[], byte[]> record : assertHome(facts, tokens.size())) {
            assertThat(PlainKafka.header(record, Headers.CONTENT_TYPE)).isEqualTo(Headers.JSON);
        }
    }

    /** Checks that every record lies where its id belongs, and that none was refused. */
    private static List<ConsumerRecord<byte[], byte[]>> assertHome(CollectionFacts facts, int count)
            throws Exception {
        List<ConsumerRecord<byte[], byte[]>> records = system.kafka().read(facts.getTopic());
        assertThat(records).hasSize(count);
        for (ConsumerRecord<byte[], byte[]> record : records) {
            String id = new String(record.key(), UTF_8);
            assertThat(record.partition()).as(id).isEqualTo(Points.home(id, NastyPoints.SHARDS));
        }
        assertThat(system.kafka().read(facts.getDeadLetterTopic())).isEmpty();
        return records;
    }
}
