package io.vectron.standalone.system;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.vectron.common.log.Headers;
import io.vectron.common.record.Rule;
import io.vectron.proto.log.v1.CollectionFacts;
import io.vectron.proto.log.v1.History;
import io.vectron.proto.log.v1.Metric;
import io.vectron.proto.log.v1.VectorSpec;
import io.vectron.proto.v1.CreateCollectionRequest;
import io.vectron.proto.v1.DeadLetter;
import io.vectron.proto.v1.GetDeadLetterRequest;
import io.vectron.proto.v1.ListDeadLettersRequest;
import io.vectron.proto.v1.ListDeadLettersResponse;
import io.vectron.proto.v1.RecordHeader;
import io.vectron.proto.v1.SearchResponse;
import io.vectron.proto.v1.StoredPoint;
import io.vectron.proto.v1.WriteToken;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.InvalidRecordException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every kind of nonsense that a plain producer can write, all of it in one log, each over a good
 * point of the same id.
 */
@SuppressWarnings("NullAway.Init")
class DeadLettersIT {
    private static final String COLLECTION = "letters";
    private static final int SHARDS = 2;
    private static final String OUR_HEADER = "trace";

    @TempDir static Path folder;

    private static SystemFixture system;
    private static Client client;
    private static CollectionFacts facts;
    private static final Map<String, Sent> SENT = new LinkedHashMap<>();
    private static Map<Integer, Long> ends;
    private static JobHistory jobBefore;
    private static List<ConsumerRecord<byte[], byte[]>> letters;

    /**
     * A record to be refused.
     *
     * @param rule that refuses it
     * @param contentType null leaves the header out
     */
    private record Bad(Rule rule, ByteString key, ByteString value, @Nullable String contentType) {}

    /**
     * A bad record in the log.
     *
     * @param good the good point of the same id written before; null if no point can have the id
     */
    private record Sent(Bad bad, WriteToken token, @Nullable WriteToken good) {}

    @BeforeAll
    static void writeNonsense() throws Exception {
        system = SystemFixture.start(folder.resolve("data"));
        client = system.client();
        facts = client.create(COLLECTION, 3, Metric.METRIC_COSINE, SHARDS).getFacts();
        jobBefore = JobHistory.of(system.ports());
        for (Map.Entry<String, Bad> entry : nonsense().entrySet()) {
            SENT.put(entry.getKey(), send(entry.getValue()));
        }
        ends = system.kafka().ends(facts.getTopic());
        client.awaitCaughtUp(COLLECTION);
        letters = system.kafka().read(facts.getDeadLetterTopic());
    }

    @AfterAll
    static void stop() throws Exception {
        system.close();
    }

    @TestFactory
    Stream<DynamicTest> eachBecomesADeadLetterAndRemovesItsPoint() {
        return SENT.entrySet().stream()
                .map(entry ->
                        DynamicTest.dynamicTest(
                                entry.getKey(), () -> assertRefused(entry.getValue())));
    }

    @Test
    void nothingElseIsInTheDeadLetterTopic() {
        assertThat(letters).hasSameSizeAs(SENT.keySet());
    }

    @Test
    void theGatewayListsAndShowsEachOfThem() {
        List<DeadLetter> listed = new ArrayList<>();
        String token = "";
        do {
            ListDeadLettersResponse page =
                    client.letters()
                            .listDeadLetters(
                                    ListDeadLettersRequest.newBuilder()
                                            .setCollection(COLLECTION)
                                            .setPageSize(7)
                                            .setPageToken(token)
                                            .build());
            listed.addAll(page.getLettersList());
            token = page.getNextPageToken();
        } while (!token.isEmpty());

        assertThat(listed.stream().map(DeadLetter::getId))
                .containsExactlyElementsOf(
                        letters.stream().map(one -> one.partition() + "-" + one.offset()).toList());
        for (int i = 0; i < listed.size(); i++) {
            assertShown(listed.get(i), letters.get(i));
        }
    }

    private static void assertShown(DeadLetter listed, ConsumerRecord<byte[], byte[]> letter) {
        DeadLetter shown =
                client.letters()
                        .getDeadLetter(
                                GetDeadLetterRequest.newBuilder()
                                        .setCollection(COLLECTION)
                                        .setId(listed.getId())
                                        .build())
                        .getLetter();
        assertThat(shown.toBuilder().clearValue().clearHeaders().build()).isEqualTo(listed);
        assertThat(shown.getRule()).isEqualTo(PlainKafka.header(letter, Headers.RULE));
        assertThat(shown.getReason()).isEqualTo(PlainKafka.header(letter, Headers.REASON));
        assertThat(shown.getKey().toByteArray()).isEqualTo(letter.key());
        assertThat(shown.getValue().toByteArray()).isEqualTo(letter.value());
        assertThat(shown.getValueBytes()).isEqualTo(letter.value().length);
        assertThat(shown.getRejectedAt().getSeconds()).isEqualTo(letter.timestamp() / 1_000);
        assertThat(Long.toString(shown.getSource().getOffset()))
                .isEqualTo(PlainKafka.header(letter, Headers.SOURCE_OFFSET));
        assertThat(shown.getHeadersList().stream().map(RecordHeader::getKey))
                .contains(OUR_HEADER)
                .doesNotContain(Headers.RULE, Headers.SOURCE_OFFSET);
        String replaced = PlainKafka.header(letter, Headers.REPLACED_VERSION);
        assertThat(shown.hasReplacedVersion() ? Long.toString(shown.getReplacedVersion()) : null)
                .isEqualTo(replaced);
    }

    @Test
    void watermarksPassTheNonsenseAndTheJobLives() throws Exception {
        List<WriteToken> after = new ArrayList<>();
        for (int shard = 0; shard < SHARDS; shard++) {
            String id = Points.idsOf("after-", shard, SHARDS, 1).getFirst();
            after.add(client.upsert(COLLECTION, id, Points.point(1, 2, 3)));
        }

        SearchResponse found = client.search(COLLECTION, 1_000, after, 1, 2, 3);

        assertThat(Client.ids(found)).hasSize(SHARDS + 1).contains("wrong-partition");
        Client.watermarks(found)
                .forEach((shard, position) ->
                        assertThat(position).isGreaterThan(ends.getOrDefault(shard, 0L)));
        assertThat(JobHistory.of(system.ports())).isEqualTo(jobBefore);
    }

    @Test
    void aBarrierIsNoPointAndNoLetter() throws Exception {
        ProducerRecord<byte[], byte[]> barrier =
                new ProducerRecord<>(
                        facts.getTopic(), 1, Headers.BARRIER_KEY.getBytes(UTF_8), new byte[] {1});
        barrier.headers().add(Headers.KIND, Headers.BARRIER.getBytes(UTF_8));

        WriteToken written = system.kafka().send(barrier);

        SearchResponse found = client.search(COLLECTION, 1, List.of(written), 1, 2, 3);
        assertThat(Client.watermarks(found).get(1)).isGreaterThan(written.getOffset());
        assertThat(system.kafka().read(facts.getDeadLetterTopic())).hasSameSizeAs(letters);
    }

    @Test
    void aRecordWithoutKeyNeedsATopicThatIsNotCompacted() throws Exception {
        CreateCollectionRequest request =
                CreateCollectionRequest.newBuilder()
                        .setName("keyless")
                        .addVectors(
                                VectorSpec.newBuilder()
                                        .setDimension(3)
                                        .setMetric(Metric.METRIC_COSINE))
                        .setHistory(History.HISTORY_FULL)
                        .build();
        CollectionFacts full =
                client.collections().createCollection(request).getCollection().getFacts();
        byte[] value = Points.point(1, 2, 3).toByteArray();

        assertThatThrownBy(() ->
                        system.kafka().send(new ProducerRecord<>(facts.getTopic(), null, value)))
                .as("Kafka refuses it by itself")
                .hasCauseInstanceOf(InvalidRecordException.class);
        WriteToken sent = system.kafka().send(new ProducerRecord<>(full.getTopic(), null, value));

        assertThat(client.search("keyless", 1, List.of(sent), 1, 2, 3).getResultsCount()).isZero();
        ConsumerRecord<byte[], byte[]> letter =
                system.kafka().read(full.getDeadLetterTopic()).getFirst();
        assertThat(letter.key()).isNull();
        assertThat(letter.value()).isEqualTo(value);
        assertThat(PlainKafka.header(letter, Headers.RULE)).isEqualTo(Rule.ID_MISSING.key());
        assertThat(PlainKafka.header(letter, Headers.SOURCE_OFFSET)).isEqualTo("0");
    }

    private static void assertRefused(Sent sent) {
        ConsumerRecord<byte[], byte[]> letter = letterOf(sent.token());
        assertThat(PlainKafka.header(letter, Headers.RULE)).isEqualTo(sent.bad().rule().key());
        assertThat(PlainKafka.header(letter, Headers.REASON)).isNotBlank();
        assertThat(PlainKafka.header(letter, Headers.SOURCE_TOPIC)).isEqualTo(facts.getTopic());
        assertThat(PlainKafka.header(letter, Headers.SOURCE_TIMESTAMP_MS)).matches("\\d{13}");
        assertThat(PlainKafka.header(letter, OUR_HEADER)).isEqualTo("kept");
        assertThat(PlainKafka.header(letter, Headers.CONTENT_TYPE))
                .isEqualTo(sent.bad().contentType());
        assertThat(letter.key()).isEqualTo(sent.bad().key().toByteArray());
        assertThat(letter.value()).isEqualTo(sent.bad().value().toByteArray());
        assertReplaced(sent, letter);
    }

    private static void assertReplaced(Sent sent, ConsumerRecord<byte[], byte[]> letter) {
        String replaced = PlainKafka.header(letter, Headers.REPLACED_VERSION);
        WriteToken good = sent.good();
        if (good == null) {
            assertThat(replaced).isNull();
            return;
        }
        StoredPoint stored = client.get(COLLECTION, sent.bad().key().toStringUtf8());
        if (sent.bad().rule() == Rule.WRONG_PARTITION) {
            assertThat(replaced).as("its partition holds no point of the id").isNull();
            assertThat(Objects.requireNonNull(stored).getVersion()).isEqualTo(good.getOffset());
        } else {
            assertThat(replaced).isEqualTo(Long.toString(good.getOffset()));
            assertThat(stored).isNull();
        }
    }

    private static ConsumerRecord<byte[], byte[]> letterOf(WriteToken token) {
        String partition = Integer.toString(token.getPartition());
        String offset = Long.toString(token.getOffset());
        return letters.stream()
                .filter(letter ->
                        partition.equals(PlainKafka.header(letter, Headers.SOURCE_PARTITION))
                                && offset.equals(PlainKafka.header(letter, Headers.SOURCE_OFFSET)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no letter of " + token));
    }

    private static Sent send(Bad bad) throws Exception {
        String topic = facts.getTopic();
        WriteToken good =
                bad.rule().concernsId()
                        ? null
                        : system.kafka()
                                .send(topic, bad.key().toStringUtf8(), Points.point(1, 2, 3));
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(
                        topic,
                        partition(bad, good),
                        bad.key().toByteArray(),
                        bad.value().toByteArray());
        record.headers().add(OUR_HEADER, "kept".getBytes(UTF_8));
        String contentType = bad.contentType();
        if (contentType != null) {
            record.headers().add(Headers.CONTENT_TYPE, contentType.getBytes(UTF_8));
        }
        return new Sent(bad, system.kafka().send(record), good);
    }

    private static int partition(Bad bad, @Nullable WriteToken good) {
        int home = good == null ? 0 : good.getPartition();
        return bad.rule() == Rule.WRONG_PARTITION ? (home + 1) % SHARDS : home;
    }

    private static Map<String, Bad> nonsense() {
        Map<String, Bad> all = new LinkedHashMap<>(valuesThatCannotBeRead());
        all.putAll(valuesThatBreakARule());
        byte[] good = Points.point(1, 2, 3).toByteArray();
        ByteString value = ByteString.copyFrom(good);
        all.put("wrong-partition", protobuf("wrong-partition", Rule.WRONG_PARTITION, good));
        all.put("empty key", new Bad(Rule.ID_MISSING, ByteString.EMPTY, value, Headers.PROTOBUF));
        all.put("too long id", protobuf("x".repeat(513), Rule.ID_TOO_LONG, good));
        all.put("reserved id", protobuf("\0mine", Rule.ID_RESERVED, good));
        ByteString notText = ByteString.copyFrom(new byte[] {'i', (byte) 0xc3, '('});
        all.put(
                "id that is not UTF-8",
                new Bad(Rule.ID_NOT_UTF8, notText, value, Headers.PROTOBUF));
        return all;
    }

    private static Map<String, Bad> valuesThatCannotBeRead() {
        byte[] good = Points.point(1, 2, 3).toByteArray();
        byte[] truncated = Arrays.copyOf(good, good.length - 3);
        byte[] garbage = {(byte) 0xff, 0x13, 0x37, (byte) 0xde, (byte) 0xad};
        byte[] avro = {0, 0, 0, 0, 7, 6, 'a', 'v', 'r', 'o'};
        String deep = "{\"vector\":[1,2,3],\"payload\":" + "{\"a\":".repeat(5_000);
        Map<String, Bad> all = new LinkedHashMap<>();
        put(all, "garbage", garbage, null, Rule.VALUE_UNDECODABLE);
        put(all, "empty", new byte[0], null, Rule.VECTOR_MISSING);
        put(all, "truncated", truncated, Headers.PROTOBUF, Rule.VALUE_UNDECODABLE);
        put(all, "avro", avro, null, Rule.SCHEMA_REGISTRY_AVRO);
        put(all, "cut-frame", new byte[] {0, 0, 1}, null, Rule.SCHEMA_REGISTRY_FRAME);
        put(all, "text", utf8("<point/>"), "text/xml", Rule.CONTENT_TYPE_UNSUPPORTED);
        put(all, "broken-json", utf8("{\"vector\":[1,2,"), null, Rule.JSON_MALFORMED);
        put(all, "no-json", garbage, Headers.JSON, Rule.JSON_MALFORMED);
        put(all, "deep-json", utf8(deep), null, Rule.PAYLOAD_TOO_DEEP);
        return all;
    }

    private static Map<String, Bad> valuesThatBreakARule() {
        Map<String, Bad> all = new LinkedHashMap<>();
        putPoint(all, "short", Rule.DIMENSION_MISMATCH, 1, 2);
        putPoint(all, "long", Rule.DIMENSION_MISMATCH, 1, 2, 3, 4);
        putPoint(all, "nan", Rule.VECTOR_NOT_FINITE, 1, Float.NaN, 3);
        putPoint(all, "infinite", Rule.VECTOR_NOT_FINITE, 1, Float.NEGATIVE_INFINITY, 3);
        putPoint(all, "zero", Rule.VECTOR_ZERO, 0, 0, 0);
        String vector = "{\"vector\":[1,2,3]";
        putJson(all, "huge-number", "{\"vector\":[1,2,1e99]}", Rule.VECTOR_NOT_FINITE);
        putJson(all, "twice", vector + ",\"vector\":[1,2,3]}", Rule.JSON_DUPLICATE_KEY);
        putJson(
                all,
                "twice-in-payload",
                vector + ",\"payload\":{\"a\":1,\"a\":2}}",
                Rule.PAYLOAD_DUPLICATE_KEY);
        putJson(all, "unknown", vector + ",\"colour\":\"red\"}", Rule.JSON_UNKNOWN_FIELD);
        putJson(
                all,
                "large",
                vector + ",\"payload\":{\"a\":\"" + "x".repeat(940_000) + "\"}}",
                Rule.RECORD_TOO_LARGE);
        putJson(
                all,
                "large-payload",
                vector + ",\"payload\":{\"a\":\"" + "x".repeat(70_000) + "\"}}",
                Rule.PAYLOAD_TOO_LARGE);
        return all;
    }

    private static void putPoint(Map<String, Bad> all, String id, Rule rule, float... vector) {
        all.put(id, protobuf(id, rule, Points.point(vector).toByteArray()));
    }

    private static void putJson(Map<String, Bad> all, String id, String json, Rule rule) {
        put(all, id, utf8(json), Headers.JSON, rule);
    }

    private static void put(
            Map<String, Bad> all,
            String id,
            byte[] value,
            @Nullable String contentType,
            Rule rule) {
        ByteString key = ByteString.copyFromUtf8(id);
        all.put(id, new Bad(rule, key, ByteString.copyFrom(value), contentType));
    }

    private static Bad protobuf(String id, Rule rule, byte[] value) {
        ByteString key = ByteString.copyFromUtf8(id);
        return new Bad(rule, key, ByteString.copyFrom(value), Headers.PROTOBUF);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(UTF_8);
    }
}
