package io.vectron.standalone.system;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import io.vectron.common.trace.TraceInterceptor;
import io.vectron.common.trace.TraceParent;
import io.vectron.proto.log.v1.CollectionFacts;
import io.vectron.proto.log.v1.Metric;
import io.vectron.proto.log.v1.Point;
import io.vectron.proto.v1.PointToWrite;
import io.vectron.proto.v1.UpsertRequest;
import io.vectron.proto.v1.WriteToken;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One grep for a trace's id over the JSON log follows a point from its writer to the index. */
@SuppressWarnings("NullAway.Init")
class TraceLogIT {
    private static final String SPAN = "-00f067aa0ba902b7-";

    @TempDir static Path folder;

    private static SystemFixture system;
    private static JsonLog log;

    @BeforeAll
    static void start() throws Exception {
        log = new JsonLog(folder.resolve("vectron.log"));
        system = SystemFixture.start(folder.resolve("data"));
    }

    @AfterAll
    static void stop() throws Exception {
        system.close();
        log.close();
    }

    @Test
    void followsAWriteThroughTheGateway() throws Exception {
        String trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        Client client = system.client();
        CollectionFacts facts = client.create("seen", 2, Metric.METRIC_EUCLIDEAN, 1).getFacts();
        Metadata headers = new Metadata();
        headers.put(TraceInterceptor.KEY, "00-" + trace + SPAN + "01");

        WriteToken token =
                client.points()
                        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                        .upsert(upsert("seen", "a"))
                        .getResults(0)
                        .getToken();

        List<ConsumerRecord<byte[], byte[]>> records = system.kafka().read(facts.getTopic());
        assertThat(PlainKafka.header(records.getFirst(), TraceParent.HEADER))
                .as("header of the record in Kafka")
                .isEqualTo("00-" + trace + SPAN + "01");
        List<Map<String, String>> lines = await(trace, 3);
        assertThat(lines)
                .extracting(line -> line.get("formattedMessage"))
                .satisfiesExactlyInAnyOrder(
                        written ->
                                assertThat(written)
                                        .startsWith("wrote 1 of 1 records")
                                        .endsWith("-0 at " + token.getOffset()),
                        sent -> assertThat(sent).contains("sends the record at 0"),
                        applied -> assertThat(applied).startsWith("applied the record at 0 to"));
        assertThat(lines).extracting(line -> line.get("trace_id")).containsOnly(trace);
        assertThat(log.service()).isEqualTo("vectron");
        assertThat(lines).extracting(line -> line.get("level")).containsOnly("INFO");
    }

    @Test
    void followsTheRecordOfAPlainProducer() throws Exception {
        String trace = "0af7651916cd43dd8448eb211c80319c";
        CollectionFacts facts =
                system.client().create("plain", 2, Metric.METRIC_EUCLIDEAN, 1).getFacts();
        system.kafka().send(record(facts, "before", "no trace at all"));
        system.kafka().send(record(facts, "traced", "00-" + trace + SPAN + "01"));

        List<Map<String, String>> lines = await(trace, 2);

        assertThat(lines)
                .extracting(line -> line.get("formattedMessage"))
                .satisfiesExactly(
                        sent -> assertThat(sent).contains("sends the record at 1"),
                        applied -> assertThat(applied).startsWith("applied the record at 1 to"));
    }

    @Test
    void aTraceThatItsCallerDoesNotRecordLeavesNoLines() throws Exception {
        String unsampled = "11111111111111111111111111111111";
        String marker = "22222222222222222222222222222222";
        CollectionFacts facts =
                system.client().create("quiet", 2, Metric.METRIC_EUCLIDEAN, 1).getFacts();
        system.kafka().send(record(facts, "quiet", "00-" + unsampled + SPAN + "00"));
        system.kafka().send(record(facts, "loud", "00-" + marker + SPAN + "01"));

        assertThat(await(marker, 2)).hasSize(2);
        assertThat(log.grep(unsampled)).isEmpty();
    }

    private static UpsertRequest upsert(String collection, String id) {
        return UpsertRequest.newBuilder()
                .setCollection(collection)
                .addPoints(PointToWrite.newBuilder().setId(id).setPoint(Points.point(1, 2)))
                .build();
    }

    private static ProducerRecord<byte[], byte[]> record(
            CollectionFacts facts, String id, String traceparent) {
        Point point = Points.point(1, 2);
        ProducerRecord<byte[], byte[]> record = PlainKafka.protobuf(facts.getTopic(), id, point);
        record.headers().add(TraceParent.HEADER, traceparent.getBytes(UTF_8));
        return record;
    }

    /** The lines with this trace, as soon as there are so many. */
    private static List<Map<String, String>> await(String trace, int count) throws Exception {
        List<String> found =
                Await.value("lines of " + trace, () -> log.grep(trace), l -> l.size() >= count);
        return found.stream().map(TraceLogIT::texts).toList();
    }

    /** All texts of a line of JSON by their names, nested ones too. */
    private static Map<String, String> texts(String line) {
        Map<String, String> texts = new HashMap<>();
        try (JsonParser parser = new JsonFactory().createParser(line)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token == JsonToken.VALUE_STRING) {
                    texts.put(parser.currentName(), parser.getText());
                }
            }
        } catch (java.io.IOException e) {
            throw new AssertionError("not JSON: " + line, e);
        }
        return texts;
    }
}
