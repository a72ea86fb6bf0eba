package io.vectron.standalone.system;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import io.vectron.common.log.Headers;
import io.vectron.gateway.LogPortsContract;
import io.vectron.gateway.config.KafkaConfig;
import io.vectron.gateway.fresh.KafkaLogEnds;
import io.vectron.gateway.fresh.LogEnds;
import io.vectron.gateway.fresh.LogPartition;
import io.vectron.gateway.log.KafkaLogReader;
import io.vectron.gateway.log.LogReader;
import io.vectron.gateway.write.KafkaLogWriter;
import io.vectron.gateway.write.LogWriter;
import io.vectron.standalone.broker.BrokerConfig;
import io.vectron.standalone.broker.EmbeddedBroker;
import io.vectron.standalone.port.Part;
import io.vectron.standalone.port.PortLayout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The gateway's ports to the log keep their contract with a real broker behind them. */
@SuppressWarnings("NullAway.Init")
class KafkaLogPortsIT extends LogPortsContract {
    private static final Duration DELIVERY = Duration.ofSeconds(30);
    private static final AtomicInteger TOPICS = new AtomicInteger();

    @TempDir static Path folder;

    private static EmbeddedBroker broker;

    @BeforeAll
    static void startBroker() throws Exception {
        PortLayout ports = PortLayout.free();
        broker =
                EmbeddedBroker.start(
                        new BrokerConfig(
                                folder.resolve("kafka"),
                                ports.port(Part.KAFKA),
                                ports.port(Part.KAFKA_CONTROLLER),
                                Map.of()));
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @Override
    protected Ports open() {
        return new KafkaPorts(broker.bootstrapServers());
    }

    /** The real ports, and plain Kafka clients to look behind them. */
    private static final class KafkaPorts implements Ports {
        private final KafkaLogWriter writer;
        private final KafkaLogEnds ends;
        private final KafkaLogReader reader;
        private final PlainKafka kafka;

        KafkaPorts(String bootstrapServers) {
            KafkaConfig config = new KafkaConfig(bootstrapServers, Map.of());
            this.writer = new KafkaLogWriter(config, DELIVERY);
            this.ends = new KafkaLogEnds(config);
            this.reader = new KafkaLogReader(config, 1);
            this.kafka = new PlainKafka(bootstrapServers);
        }

        @Override
        public LogWriter writer() {
            return writer;
        }

        @Override
        public LogEnds ends() {
            return ends;
        }

        @Override
        public LogReader reader() {
            return reader;
        }

        @Override
        public String createTopic(int partitions) throws Exception {
            String name = "vectron.ports.00000000." + TOPICS.incrementAndGet();
            kafka.admin()
                    .createTopics(List.of(new NewTopic(name, partitions, (short) 1)))
                    .all()
                    .get(Await.DEADLINE.toSeconds(), TimeUnit.SECONDS);
            return name;
        }

        @Override
        public List<Stored> read(LogPartition partition) throws Exception {
            return kafka.read(partition.topic()).stream()
                    .filter(record -> record.partition() == partition.number())
                    .map(record ->
                            new Stored(
                                    record.offset(),
                                    new String(record.key(), UTF_8),
                                    record.value() == null
                                            ? null
                                            : ByteString.copyFrom(record.value()),
                                    PlainKafka.header(record, Headers.CONTENT_TYPE)))
                    .toList();
        }

        @Override
        public void close() {
            writer.close();
            ends.close();
            reader.close();
            kafka.close();
        }
    }
}
