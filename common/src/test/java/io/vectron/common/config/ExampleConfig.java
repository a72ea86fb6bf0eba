package io.vectron.common.config;

import io.vectron.common.rpc.Address;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A setting of every kind. */
record ExampleConfig(
        @Setting(value = "Name.", required = true) String id,
        @Setting("Port, 1 to 100.") int port,
        @Setting("Whether.") boolean fast,
        @Setting("Share.") double share,
        @Setting("Folder.") Path folder,
        @Setting("Other place.") @Nullable Address other,
        @Setting("Places.") List<Address> places,
        @Setting(value = "Password.", secret = true) String phrase,
        @Setting("Kafka.") Kafka kafka,
        @Setting("Waiting.") Waiting waiting) {

    static final ServiceSettings<ExampleConfig> SETTINGS =
            ServiceSettings.of(
                    "example",
                    new ExampleConfig(
                            "example-1",
                            7,
                            false,
                            0.5,
                            Path.of("data"),
                            null,
                            List.of(new Address("a", 1)),
                            "open sesame",
                            new Kafka("k:9092", Map.of()),
                            new Waiting(Duration.ofMillis(250), 64 << 20, 5, 1, 9)));

    ExampleConfig {
        if (port < 1 || port > 100) {
            throw new IllegalArgumentException("port is not within 1 to 100: " + port);
        }
        if (phrase.equals("12345")) {
            throw new IllegalArgumentException("too weak a phrase: " + phrase);
        }
    }

    record Kafka(
            @Setting("Brokers.") String bootstrapServers,
            @Setting(value = "Properties.", name = "client") Map<String, String> properties) {
        Kafka {
            properties = Map.copyOf(properties);
            if (properties.containsKey("acks")) {
                throw new IllegalArgumentException("acks cannot be set");
            }
        }
    }

    record Waiting(
            @Setting("Time.") Duration patience,
            @Setting(value = "Memory.", unit = Unit.BYTES) int bufferBytes,
            @Setting(value = "Pause.", unit = Unit.MILLISECONDS) long lingerMs,
            @Setting("Least.") int least,
            @Setting("Most.") int most) {
        Waiting {
            if (least > most) {
                throw new IllegalArgumentException("least " + least + " is above most " + most);
            }
        }
    }
}
