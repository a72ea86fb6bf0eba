package io.vectron.standalone.system;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import io.vectron.common.log.Headers;
import io.vectron.common.record.Rule;
import io.vectron.proto.log.v1.CollectionFacts;
import io.vectron.proto.log.v1.Field;
import io.vectron.proto.log.v1.Metric;
import io.vectron.proto.log.v1.Point;
import io.vectron.proto.v1.StoredPoint;
import io.vectron.proto.v1.WriteToken;
import io.vectron.standalone.port.Part;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.storage.StringConverter;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What serializers of others make of a point: those of schema registries, and of Connect. */
@SuppressWarnings("NullAway.Init")
class SerializersIT {
    private static final String SAY_NOTHING_OF_THE_FORMAT = "headers={},";

    @TempDir static Path folder;

    private static SystemFixture system;
    private static Client client;
    private static FakeSchemaRegistry registry;
    private static String bootstrap;

    @BeforeAll
    static void start() throws Exception {
        system = SystemFixture.start(folder.resolve("data"));
        client = system.client();
        registry = new FakeSchemaRegistry();
        bootstrap = system.ports().address(Part.KAFKA);
    }

    @AfterAll
    static void stop() throws Exception {
        registry.close();
        system.close();
    }

    @Test
    void jsonOfASchemaRegistryIsFramedAndRead() throws Exception {
        assertReads(create("json"), example(), "JSON", "json");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void protobufOfASchemaRegistryIsFramedAndRead(boolean firstOfItsFile) throws Exception {
        String descriptors = descriptors(firstOfItsFile).toString();
        CollectionFacts facts = create("protobuf-" + firstOfItsFile);
        assertReads(facts, example(), "PROTOBUF", "protobuf", descriptors);
    }

    @Test
    void framesAreToldApartWithoutAnyHeader() throws Exception {
        String text = Files.readString(example());
        String header = "headers={\"content-type\": content_type},";
        assertThat(text).contains(header);
        Path script = Clients.file("bare.py", text.replace(header, SAY_NOTHING_OF_THE_FORMAT));
        assertReads(create("bare-json"), script, "JSON", "json");
        String descriptors = descriptors(true).toString();
        assertReads(create("bare-protobuf"), script, "PROTOBUF", "protobuf", descriptors);
    }

    @Test
    void avroOfASchemaRegistryIsRefusedByRule() throws Exception {
        CollectionFacts facts = create("avro");
        Path script = Path.of("src", "test", "python", "avro.py").toAbsolutePath();

        Clients.run(Clients.python(script, bootstrap, facts.getTopic(), registry.url(), "avro"), "")
                .lines();

        assertThat(registry.types()).contains("AVRO");
        assertRefused(facts, Rule.SCHEMA_REGISTRY_AVRO, "Avro is not supported");
    }

    @Test
    void jsonOfConnectIsReadAndItsNullDeletes() throws Exception {
        CollectionFacts facts = create("connect");
        try (JsonConverter values = converter(false)) {
            WriteToken written = send(facts, "film", values, film());

            StoredPoint stored = Objects.requireNonNull(client.get("connect", "film", written));
            assertThat(stored.getPoint().getVectors(0).getF32().getValuesList())
                    .containsExactly(0.1f, -2f, 3e-7f);
            List<Field> payload = stored.getPoint().getPayload().getFieldsList();
            assertThat(payload)
                    .as("sorted, and a field without value is absent")
                    .extracting(Field::getKey)
                    .containsExactly("title", "year");
            assertThat(payload.get(0).getValue().getStringValue()).isEqualTo("Amélie");
            assertThat(payload.get(1).getValue().getInt64Value()).isEqualTo(2001);

            WriteToken deleted = send(facts, "film", values, null);
            assertThat(client.get("connect", "film", deleted)).isNull();
        }
        assertThat(system.kafka().read(facts.getDeadLetterTopic())).isEmpty();
    }

    @Test
    void jsonOfConnectWithASchemaIsRefusedAndTheLetterSaysWhatToSet() throws Exception {
        CollectionFacts facts = create("envelope");
        try (JsonConverter values = converter(true)) {
            send(facts, "film", values, film());
        }

        assertRefused(facts, Rule.JSON_UNKNOWN_FIELD, "schemas.enable=false");
    }

    private static JsonConverter converter(boolean schemas) {
        JsonConverter converter = new JsonConverter();
        converter.configure(Map.of("schemas.enable", schemas), false);
        return converter;
    }

    /** A record as a Connect source writes it: the key by StringConverter, no header. */
    private static WriteToken send(
            CollectionFacts facts, String id, JsonConverter values, @Nullable Struct value)
            throws Exception {
        try (StringConverter keys = new StringConverter()) {
            keys.configure(Map.of(), true);
            String topic = facts.getTopic();
            byte[] key = keys.fromConnectData(topic, Schema.STRING_SCHEMA, id);
            Schema schema = value == null ? null : value.schema();
            byte[] bytes = values.fromConnectData(topic, schema, value);
            return system.kafka().send(new ProducerRecord<>(topic, key, bytes));
        }
    }

    private static Struct film() {
        Schema payload =
                SchemaBuilder.struct()
                        .field("title", Schema.STRING_SCHEMA)
                        .field("year", Schema.INT32_SCHEMA)
                        .field("rating", Schema.OPTIONAL_FLOAT64_SCHEMA)
                        .build();
        Schema point =
                SchemaBuilder.struct()
                        .field("vector", SchemaBuilder.array(Schema.FLOAT32_SCHEMA).build())
                        .field("payload", payload)
                        .build();
        return new Struct(point)
                .put("vector", List.of(0.1f, -2f, 3e-7f))
                .put("payload", new Struct(payload).put("title", "Amélie").put("year", 2001));
    }

    private static void assertRefused(CollectionFacts facts, Rule rule, String reason)
            throws Exception {
        client.awaitCaughtUp(facts.getName());
        List<ConsumerRecord<byte[], byte[]>> letters =
                system.kafka().read(facts.getDeadLetterTopic());
        assertThat(letters).hasSize(1);
        assertThat(PlainKafka.header(letters.getFirst(), Headers.RULE)).isEqualTo(rule.key());
        assertThat(PlainKafka.header(letters.getFirst(), Headers.REASON)).contains(reason);
    }

    /** Runs the example, and reads what it wrote by the tokens that it printed. */
    private static void assertReads(
            CollectionFacts facts, Path script, String type, String... format) throws Exception {
        int registered = registry.types().size();
        Map<String, String> points = NastyPoints.json();
        List<String> arguments = new ArrayList<>();
        arguments.addAll(List.of(bootstrap, facts.getTopic(), registry.url()));
        arguments.addAll(List.of(format));

        List<String> printed =
                Clients.run(
                                Clients.python(script, arguments.toArray(String[]::new)),
                                NastyPoints.lines(points, ""))
                        .lines();

        assertThat(registry.types().subList(registered, registry.types().size()))
                .containsExactly(type);
        List<WriteToken> tokens = printed.stream().map(NastyPoints::token).toList();
        assertThat(tokens).hasSize(points.size() + 2);
        NastyPoints.assertHeld(client, facts.getName(), points, tokens);
        assertThat(system.kafka().read(facts.getDeadLetterTopic())).isEmpty();
        for (ConsumerRecord<byte[], byte[]> record : system.kafka().read(facts.getTopic())) {
            String id = new String(record.key(), UTF_8);
            assertThat(record.value() == null || record.value()[0] == 0).as(id).isTrue();
        }
    }

    private static Path example() {
        return Clients.EXAMPLES.resolve("python/produce_schema_registry.py");
    }

    /** The description of a point, which the frame tells the place of within its file. */
    private static Path descriptors(boolean first) throws Exception {
        FileDescriptorProto.Builder file = Point.getDescriptor().getFile().toProto().toBuilder();
        assertThat(file.getMessageType(0).getName()).isEqualTo("Point");
        if (!first) {
            file.addMessageType(file.getMessageType(0)).removeMessageType(0);
        }
        Path written = folder.resolve("point-" + first + ".desc");
        return Files.write(
                written, FileDescriptorSet.newBuilder().addFile(file).build().toByteArray());
    }

    private static CollectionFacts create(String name) {
        return client.create(
                        name, NastyPoints.DIMENSION, Metric.METRIC_EUCLIDEAN, NastyPoints.SHARDS)
                .getFacts();
    }
}
