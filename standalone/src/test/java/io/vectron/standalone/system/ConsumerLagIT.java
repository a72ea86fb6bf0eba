package io.vectron.standalone.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectron.common.log.TopicNames;
import io.vectron.proto.log.v1.CollectionFacts;
import io.vectron.proto.log.v1.Metric;
import io.vectron.proto.log.v1.Point;
import io.vectron.proto.v1.DeleteCollectionRequest;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.GroupListing;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kafka's own tools see how far the shards are: a consumer group a collection. */
@SuppressWarnings("NullAway.Init")
class ConsumerLagIT {
    private static final int SHARDS = 3;

    @TempDir static Path folder;

    private static SystemFixture system;
    private static Client client;

    @BeforeAll
    static void start() throws Exception {
        system = SystemFixture.start(folder.resolve("data"));
        client = system.client();
    }

    @AfterAll
    static void stop() throws Exception {
        system.close();
    }

    @Test
    void theGroupReachesTheEndOfTheLogAndGoesWithTheCollection() throws Exception {
        CollectionFacts facts = client.create("lag", 2, Metric.METRIC_EUCLIDEAN, SHARDS).getFacts();
        client.upsert("lag", points(50));
        Map<Integer, Long> first = awaitPublished(facts);
        client.upsert("lag", points(70));
        Map<Integer, Long> second = awaitPublished(facts);
        assertThat(first.values()).allMatch(offset -> offset > 0);
        assertThat(second.values().stream().mapToLong(Long::longValue).sum())
                .as("120 records lie in the partitions")
                .isEqualTo(120);

        var _ =
                client.collections()
                        .deleteCollection(
                                DeleteCollectionRequest.newBuilder().setName("lag").build());

        Await.until("the group is gone", () -> !groups().contains(group("lag")));
    }

    /** Waits until the group has no lag, and tells its offsets. */
    private static Map<Integer, Long> awaitPublished(CollectionFacts facts) throws Exception {
        Map<Integer, Long> ends = system.kafka().ends(facts.getTopic());
        return Await.value(
                "the group's offsets reach " + ends, () -> published(facts), ends::equals);
    }

    private static Map<Integer, Long> published(CollectionFacts facts) throws Exception {
        Map<Integer, Long> offsets = new TreeMap<>();
        system.kafka()
                .admin()
                .listConsumerGroupOffsets(group(facts.getName()))
                .partitionsToOffsetAndMetadata()
                .get(Await.DEADLINE.toSeconds(), TimeUnit.SECONDS)
                .forEach((partition, offset) -> {
                    assertThat(partition.topic()).isEqualTo(facts.getTopic());
                    offsets.put(partition.partition(), offset.offset());
                });
        return offsets;
    }

    private static List<String> groups() throws Exception {
        return system
                .kafka()
                .admin()
                .listGroups()
                .all()
                .get(Await.DEADLINE.toSeconds(), TimeUnit.SECONDS)
                .stream()
                .map(GroupListing::groupId)
                .toList();
    }

    private static String group(String collection) {
        return TopicNames.consumerGroup(collection);
    }

    private static Map<String, Point> points(int count) {
        Map<String, Point> points = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            points.put("p" + i, Points.point(1, i));
        }
        return points;
    }
}
