package io.vectron.standalone.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectron.proto.log.v1.Metric;
import io.vectron.proto.log.v1.Point;
import io.vectron.proto.v1.Collection;
import io.vectron.proto.v1.StoredPoint;
import io.vectron.proto.v1.TraceWriteRequest;
import io.vectron.proto.v1.TraceWriteResponse;
import io.vectron.proto.v1.WriteToken;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Topics that others write transactions to: what is not committed does not exist. */
@SuppressWarnings("NullAway.Init")
class TransactionsIT {
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
    void whatIsCommittedIsFoundAndTheMarkersArePassed() throws Exception {
        String topic = create("committed");
        WriteToken last;
        try (KafkaProducer<byte[], byte[]> producer = system.kafka().transactional("committing")) {
            producer.beginTransaction();
            send(producer, topic, "first", Points.point(1, 0));
            last = send(producer, topic, "second", Points.point(2, 0));
            producer.commitTransaction();
        }

        assertThat(Client.ids(client.search("committed", 10, List.of(last), 0, 0)))
                .containsExactly("first", "second");
        Collection described = client.awaitCaughtUp("committed");
        long markerIncluded = last.getOffset() + 2;
        assertThat(system.kafka().ends(topic)).containsExactly(Map.entry(0, markerIncluded));
        assertThat(described.getShards(0).getPosition())
                .as("no record follows the marker, and still it is passed")
                .isEqualTo(markerIncluded);
    }

    @Test
    void whatIsAbortedNeverWas() throws Exception {
        String topic = create("aborted");
        WriteToken kept = system.kafka().send(topic, "kept", Points.point(1, 0));
        try (KafkaProducer<byte[], byte[]> producer = system.kafka().transactional("aborting")) {
            producer.beginTransaction();
            send(producer, topic, "kept", Points.point(7, 7));
            send(producer, topic, "never", Points.point(7, 7));
            producer.flush();
            producer.abortTransaction();
        }

        long end = kept.getOffset() + 4; // two records and a marker
        Collection described = awaitPosition("aborted", end);

        assertThat(described.getShards(0).getPosition()).isEqualTo(end);
        assertThat(described.getPoints()).isEqualTo(1);
        StoredPoint stored = Objects.requireNonNull(client.get("aborted", "kept"));
        assertThat(stored.getVersion()).isEqualTo(kept.getOffset());
        assertThat(stored.getPoint()).isEqualTo(Points.point(1, 0));
        assertThat(client.get("aborted", "never")).isNull();
    }

    @Test
    void aTraceTellsAbortedFromOpen() throws Exception {
        String topic = create("traced");
        WriteToken aborted;
        try (KafkaProducer<byte[], byte[]> producer = system.kafka().transactional("traced")) {
            producer.beginTransaction();
            aborted = send(producer, topic, "never", Points.point(1, 0));
            TraceWriteResponse open = trace("traced", aborted);
            assertThat(open.getStagesList()).as("while the transaction is open").isEmpty();
            assertThat(open.getAborted()).isFalse();
            producer.abortTransaction();
        }
        awaitPosition("traced", aborted.getOffset() + 2);

        TraceWriteResponse trace = trace("traced", aborted);

        assertThat(trace.getAborted()).isTrue();
        assertThat(trace.getCompacted()).isFalse();
        assertThat(trace.getStagesList()).isEmpty();
        assertThat(trace.getPosition()).isGreaterThan(aborted.getOffset());
    }

    /** Kafka writes the marker of a transaction some time after it was ended. */
    private static Collection awaitPosition(String name, long position) throws Exception {
        return Await.value(
                name + " reaches " + position,
                () -> client.describe(name),
                described -> described.getShards(0).getPosition() >= position);
    }

    private static TraceWriteResponse trace(String collection, WriteToken token) {
        return client.traces()
                .traceWrite(
                        TraceWriteRequest.newBuilder()
                                .setCollection(collection)
                                .setToken(token)
                                .build());
    }

    @Test
    void anOpenTransactionHoldsBackWhatFollowsItAndNothingElse() throws Exception {
        String topic = create("open");
        WriteToken before = system.kafka().send(topic, "before", Points.point(1, 0));
        try (KafkaProducer<byte[], byte[]> producer = system.kafka().transactional("open")) {
            producer.beginTransaction();
            WriteToken open = send(producer, topic, "open", Points.point(2, 0));
            WriteToken after = system.kafka().send(topic, "after", Points.point(3, 0));
            assertThat(after.getOffset()).isGreaterThan(open.getOffset());

            assertThat(Client.ids(client.search("open", 10, List.of(before), 0, 0)))
                    .containsExactly("before");
            client.requireNotFresh("open", "after", after);
            Await.value(
                    "positions",
                    () -> client.positions("open"),
                    Map.of(0, open.getOffset())::equals);

            producer.commitTransaction();
            assertThat(Client.ids(client.search("open", 10, List.of(open, after), 0, 0)))
                    .containsExactly("before", "open", "after");
        }
        long end = client.awaitCaughtUp("open").getShards(0).getPosition();
        assertThat(end).isEqualTo(before.getOffset() + 4); // three records and a marker
    }

    private static String create(String name) {
        return client.create(name, 2, Metric.METRIC_EUCLIDEAN, 1).getFacts().getTopic();
    }

    private static WriteToken send(
            KafkaProducer<byte[], byte[]> producer, String topic, String id, Point point)
            throws Exception {
        return PlainKafka.token(
                producer.send(PlainKafka.protobuf(topic, id, point))
                        .get(Await.DEADLINE.toSeconds(), TimeUnit.SECONDS));
    }
}
