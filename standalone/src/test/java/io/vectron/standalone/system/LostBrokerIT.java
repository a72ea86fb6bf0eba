package io.vectron.standalone.system;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.vectron.proto.log.v1.Metric;
import io.vectron.proto.v1.WriteToken;
import io.vectron.standalone.cluster.Brokers;
import io.vectron.standalone.cluster.Cluster;
import io.vectron.standalone.cluster.ClusterPlace;
import io.vectron.standalone.cluster.Service;
import io.vectron.standalone.cluster.ServiceState;
import io.vectron.standalone.port.PortLayout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real processes: of three brokers, the one that leads the partition is killed under load; then all
 * of them at once.
 */
@SuppressWarnings("NullAway.Init")
class LostBrokerIT {
    private static final String NAME = "brokers";
    private static final List<Service> BROKERS =
            List.of(Service.BROKER, Service.BROKER_2, Service.BROKER_3);

    /** Alone on a machine it is about four; others may be at work on that of the tests. */
    private static final Duration GOES_ON = Duration.ofSeconds(30);

    @TempDir Path folder;

    private ClusterPlace place;
    private Cluster cluster;

    /** What Kafka acknowledged: offset → key. */
    private final Map<Long, String> acknowledged = new ConcurrentHashMap<>();

    @AfterEach
    void stop() throws Exception {
        cluster.stop(List.of(Service.values()), (service, killed) -> {});
    }

    @Test
    void whatWasAcknowledgedStaysAndWritesGoOn() throws Exception {
        place = new ClusterPlace(folder, PortLayout.free(), 1, null).withBrokers(Brokers.of(3));
        place.write();
        cluster = Cluster.at(place);
        var _ = cluster.start(place.services(), Await.DEADLINE, service -> {});
        try (Client client = new Client(place.ports(), place.kafka());
                var producer = client.kafka().producer(Map.of("acks", "all"))) {
            String topic = client.create(NAME, 2, Metric.METRIC_EUCLIDEAN, 1).getFacts().getTopic();
            assertThat(partition(client, topic).replicas()).hasSize(3);
            assertThat(setting(client, topic, "min.insync.replicas")).isEqualTo("2");
            AtomicBoolean ends = new AtomicBoolean();
            CompletableFuture<Void> plain =
                    CompletableFuture.runAsync(() -> produce(producer, topic, ends));
            CompletableFuture<Void> gateway = CompletableFuture.runAsync(() -> write(client, ends));
            Await.until("load", () -> acknowledged.size() > 200);
            int leader = partition(client, topic).leader().id();
            kill(BROKERS.get(leader - 1));
            long killed = System.nanoTime();
            WriteToken after = writeOnce(client, "after");
            Duration again = Duration.ofNanos(System.nanoTime() - killed);
            assertThat(client.search(NAME, 1, List.of(after), 0, 0).getResultsCount()).isOne();
            Duration searchable = Duration.ofNanos(System.nanoTime() - killed);
            int before = acknowledged.size();
            Await.until("the load goes on", () -> acknowledged.size() > before + 200);
            ends.set(true);
            for (CompletableFuture<Void> one : List.of(plain, gateway)) {
                one.get(Await.DEADLINE.toSeconds(), TimeUnit.SECONDS);
            }
            System.out.printf(
                    "killed broker %d: acknowledged again after %d ms, searchable after %d ms,"
                            + " %d records%n",
                    leader, again.toMillis(), searchable.toMillis(), acknowledged.size());
            assertThat(again).isLessThan(GOES_ON);
            assertNothingLost(client, topic);
            assertThat(partition(client, topic).leader().id()).isNotEqualTo(leader);
            var _ = cluster.start(place.services(), Await.DEADLINE, service -> {});
            Await.until("in sync again", () -> partition(client, topic).isr().size() == 3);
            allAtOnce(client, topic);
        }
    }

    private void allAtOnce(Client client, String topic) throws Exception {
        for (Service broker : BROKERS) {
            kill(broker);
        }
        var _ = cluster.start(place.services(), Await.DEADLINE, service -> {});
        WriteToken last = writeOnce(client, "last");
        assertThat(client.search(NAME, 1, List.of(last), 0, 0).getResultsCount()).isOne();
        assertNothingLost(client, topic);
    }

    /** Every record that was acknowledged is in the log at its place, and in the index. */
    private void assertNothingLost(Client client, String topic) throws Exception {
        Map<Long, String> log = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> record : client.kafka().read(topic)) {
            log.put(record.offset(), new String(record.key(), UTF_8));
        }
        assertThat(log).containsAllEntriesOf(acknowledged);
        assertThat(client.awaitCaughtUp(NAME).getPoints())
                .isEqualTo(log.values().stream().distinct().count());
    }

    /** As fast as Kafka acknowledges, with some on the way. */
    private void produce(KafkaProducer<byte[], byte[]> producer, String topic, AtomicBoolean ends) {
        for (int i = 0; !ends.get(); i++) {
            String id = "plain-" + i;
            var sent =
                    producer.send(
                            PlainKafka.protobuf(topic, id, Points.point(1, i)),
                            (metadata, failure) -> {
                                if (failure == null) {
                                    acknowledge(metadata, id);
                                }
                            });
            if (i % 10 == 9) {
                try {
                    var _ = sent.get(Await.DEADLINE.toSeconds(), TimeUnit.SECONDS);
                } catch (Exception e) {
                    throw new IllegalStateException("a producer of Kafka's gave up", e);
                }
            }
        }
        producer.flush();
    }

    private void acknowledge(RecordMetadata metadata, String id) {
        acknowledged.put(metadata.offset(), id);
    }

    private void write(Client client, AtomicBoolean ends) {
        for (int i = 0; !ends.get(); i++) {
            var _ = writeOnce(client, "gateway-" + i);
        }
    }

    private WriteToken writeOnce(Client client, String id) {
        WriteToken token = client.upsert(NAME, id, Points.point(0, 0));
        acknowledged.put(token.getOffset(), id);
        return token;
    }

    private static TopicPartitionInfo partition(Client client, String topic) throws Exception {
        return client.kafka()
                .admin()
                .describeTopics(List.of(topic))
                .allTopicNames()
                .get(Await.DEADLINE.toSeconds(), TimeUnit.SECONDS)
                .values()
                .iterator()
                .next()
                .partitions()
                .getFirst();
    }

    private static String setting(Client client, String topic, String name) throws Exception {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        return client.kafka()
                .admin()
                .describeConfigs(List.of(resource))
                .all()
                .get(Await.DEADLINE.toSeconds(), TimeUnit.SECONDS)
                .values()
                .iterator()
                .next()
                .get(name)
                .value();
    }

    private void kill(Service service) throws Exception {
        for (ServiceState state : cluster.status()) {
            if (state.service() == service) {
                assertThat(ProcessHandle.of(state.pid()).orElseThrow().destroyForcibly()).isTrue();
            }
        }
    }
}
