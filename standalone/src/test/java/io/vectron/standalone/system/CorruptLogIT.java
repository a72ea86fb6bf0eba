package io.vectron.standalone.system;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.vectron.proto.log.v1.Metric;
import io.vectron.proto.v1.WriteToken;
import io.vectron.standalone.broker.BrokerConfig;
import io.vectron.standalone.broker.EmbeddedBroker;
import io.vectron.standalone.port.Part;
import io.vectron.standalone.port.PortLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A segment file of a real broker whose bytes have rotted. */
class CorruptLogIT {
    private static final int SHARDS = 2;
    private static final String ROTTEN = "text-that-rots";

    @TempDir Path folder;

    @Test
    void onlyTheShardOfARottenBatchStandsStillAndNothingOfItIsSkipped() throws Exception {
        PortLayout ports = PortLayout.free();
        BrokerConfig config =
                new BrokerConfig(
                        folder.resolve("kafka"),
                        ports.port(Part.KAFKA),
                        ports.port(Part.KAFKA_CONTROLLER),
                        Map.of());
        Path data = folder.resolve("data");
        List<String> ids = Points.idsOf("rotten-", 0, SHARDS, 3);
        String healthy = Points.idsOf("healthy-", 1, SHARDS, 1).getFirst();
        String topic;
        WriteToken good;
        WriteToken rotten;
        WriteToken behind;
        WriteToken other;
        try (EmbeddedBroker kafka = EmbeddedBroker.start(config);
                PlainKafka plain = new PlainKafka(kafka.bootstrapServers())) {
            try (SystemFixture system = SystemFixture.on(kafka.bootstrapServers(), data)) {
                Client client = system.client();
                topic =
                        client.create("log", 2, Metric.METRIC_EUCLIDEAN, SHARDS)
                                .getFacts()
                                .getTopic();
            }
            good = plain.send(topic, ids.get(0), Points.point(1, 0));
            rotten = plain.send(topic, ids.get(1), Points.withText(ROTTEN, 2, 0));
            behind = plain.send(topic, ids.get(2), Points.point(3, 0));
            other = plain.send(topic, healthy, Points.point(4, 0));
        }
        flipAByte(config.folder().resolve("log"), topic);
        try (EmbeddedBroker kafka = EmbeddedBroker.start(config);
                SystemFixture system = SystemFixture.on(kafka.bootstrapServers(), data)) {
            Client client = system.client();
            assertThat(client.get("log", healthy, other)).isNotNull();
            assertThat(client.get("log", ids.get(0), good)).isNotNull();
            WriteToken later = client.upsert("log", healthy, Points.point(5, 0));
            assertThat(client.get("log", healthy, later)).isNotNull();
            client.requireNotFresh("log", ids.get(1), rotten);
            client.requireNotFresh("log", ids.get(2), behind);
            Await.value(
                    "positions",
                    () -> client.positions("log"),
                    Map.of(0, rotten.getOffset(), 1, later.getOffset() + 1)::equals);
            try (FlinkMetrics flink = new FlinkMetrics(system.ports())) {
                String corrupt = flink.named(".vectron.corruptPartitions");
                Await.value("partitions that rot", () -> flink.value(corrupt), "1"::equals);
            }
        }
    }

    private static void flipAByte(Path logs, String topic) throws Exception {
        Path segment = logs.resolve(topic + "-0").resolve("00000000000000000000.log");
        byte[] bytes = Files.readAllBytes(segment);
        int at = new String(bytes, ISO_8859_1).indexOf(ROTTEN);
        assertThat(at).isPositive();
        bytes[at] ^= 1;
        Files.write(segment, bytes);
    }
}
