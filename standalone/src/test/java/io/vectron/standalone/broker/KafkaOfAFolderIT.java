package io.vectron.standalone.broker;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vectron.standalone.port.Part;
import io.vectron.standalone.port.PortLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A data folder belongs to one Kafka, whoever runs it. */
class KafkaOfAFolderIT {
    private static final Duration SHORT = Duration.ofMillis(500);

    @TempDir Path folder;

    @Test
    void aFolderIsServedByTheKafkaThatItWasWrittenFromAlone() throws Exception {
        Path data = Files.createDirectories(folder.resolve("data"));
        Path embedded = folder.resolve("embedded");
        try (EmbeddedBroker first = broker(folder.resolve("first"))) {
            ExternalKafka.find(first.bootstrapServers(), data).close();
            ExternalKafka.find(first.bootstrapServers(), data).close();
        }
        try (EmbeddedBroker second = broker(embedded.resolve("kafka"))) {
            assertThatThrownBy(() -> ExternalKafka.find(second.bootstrapServers(), data))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("belong to Kafka cluster")
                    .hasMessageContaining("--data");
            // The very broker of a folder may also be run by somebody else.
            ExternalKafka.find(second.bootstrapServers(), embedded).close();
        }
        assertThatThrownBy(() -> ExternalKafka.requireNone(data))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("--kafka");
        ExternalKafka.requireNone(embedded);
    }

    @Test
    void saysWhereNoKafkaAnswers() throws Exception {
        String nowhere = PortLayout.free().address(Part.KAFKA);

        assertThatThrownBy(() -> ExternalKafka.find(nowhere, folder, SHORT))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no Kafka answers at " + nowhere);
    }

    private static EmbeddedBroker broker(Path folder) throws Exception {
        PortLayout ports = PortLayout.free();
        return EmbeddedBroker.start(
                new BrokerConfig(
                        folder,
                        ports.port(Part.KAFKA),
                        ports.port(Part.KAFKA_CONTROLLER),
                        Map.of()));
    }
}
