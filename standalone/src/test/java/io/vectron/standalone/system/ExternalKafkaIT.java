package io.vectron.standalone.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectron.proto.log.v1.Metric;
import io.vectron.proto.v1.SearchResponse;
import io.vectron.proto.v1.WriteToken;
import io.vectron.standalone.broker.BrokerConfig;
import io.vectron.standalone.broker.EmbeddedBroker;
import io.vectron.standalone.port.Part;
import io.vectron.standalone.port.PortLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.utility.DockerImageName;

/** A system on a Kafka that somebody else runs. */
class ExternalKafkaIT {
    private static final DockerImageName IMAGE = DockerImageName.parse("apache/kafka:4.4.0");

    @TempDir Path folder;

    @Test
    void writesAndSearchesOnTheKafkaImage() throws Exception {
        if (!DockerClientFactory.instance().isDockerAvailable()) {
            String reason = "no Docker answers here, so the Kafka image cannot be run";
            System.out.println("SKIPPED: " + reason);
            Assumptions.abort(reason);
        }
        try (KafkaContainer kafka = new KafkaContainer(IMAGE)) {
            kafka.start();
            writesAndSearches(kafka.getBootstrapServers());
        }
    }

    @Test
    void writesAndSearchesOnABrokerBesideIt() throws Exception {
        try (EmbeddedBroker kafka = broker("other")) {
            writesAndSearches(kafka.bootstrapServers());
        }
    }

    private void writesAndSearches(String bootstrapServers) throws Exception {
        try (SystemFixture system = SystemFixture.on(bootstrapServers, folder.resolve("data"))) {
            Client client = system.client();
            assertThat(system.ports().taken()).doesNotContain(Part.KAFKA, Part.KAFKA_CONTROLLER);
            String topic =
                    client.create("films", 2, Metric.METRIC_EUCLIDEAN, 3).getFacts().getTopic();
            WriteToken plain = system.kafka().sendJson(topic, "plain", "{\"vector\":[1,0]}");
            WriteToken gateway = client.upsert("films", "gateway", Points.point(2, 0));

            system.restart(() -> {
                try (PlainKafka plainKafka = new PlainKafka(bootstrapServers)) {
                    plainKafka.send(topic, "meanwhile", Points.point(3, 0));
                }
            });

            client = system.client();
            client.awaitCaughtUp("films");
            SearchResponse found = client.search("films", 10, List.of(plain, gateway), 0, 0);
            assertThat(Client.ids(found)).containsExactly("plain", "gateway", "meanwhile");
            assertThat(system.kafka().ends(topic)).as("shards").hasSize(3);
        }
    }

    private EmbeddedBroker broker(String name) throws Exception {
        PortLayout ports = PortLayout.free();
        return EmbeddedBroker.start(
                new BrokerConfig(
                        folder.resolve(name),
                        ports.port(Part.KAFKA),
                        ports.port(Part.KAFKA_CONTROLLER),
                        Map.of()));
    }
}
