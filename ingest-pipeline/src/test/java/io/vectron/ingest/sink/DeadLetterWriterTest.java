package io.vectron.ingest.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.vectron.common.log.Headers;
import io.vectron.ingest.feed.ShardFeed;
import io.vectron.ingest.lane.DeadLetter;
import io.vectron.proto.log.v1.CollectionFacts;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DeadLetterWriterTest {
    private static final int LARGEST = 2_000;
    private static final ShardFeed FEED =
            new ShardFeed(
                    CollectionFacts.newBuilder()
                            .setTopic("vectron.films.0.1")
                            .setDeadLetterTopic("vectron.films.0.1.dlq")
                            .setShards(1)
                            .build(),
                    "topic-id",
                    0,
                    1,
                    "group",
                    1);

    /** A topic with a largest record, and now and then no broker. */
    private static final class Topic extends MockProducer<byte[], byte[]> {
        private KafkaException refusal = new RecordTooLargeException();
        private int limit = LARGEST;

        Topic() {
            super(true, null, new ByteArraySerializer(), new ByteArraySerializer());
        }

        @Override
        public synchronized Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> record) {
            int size = length(record.key()) + length(record.value());
            return size > limit ? CompletableFuture.failedFuture(refusal) : super.send(record);
        }

        private static int length(byte @Nullable [] bytes) {
            return bytes == null ? 0 : bytes.length;
        }
    }

    private final Topic topic = new Topic();

    @Test
    void aLetterKeepsTheOriginalAndSaysWhereItCameFrom() throws Exception {
        write(letter("id", 10, 7L));
        ProducerRecord<byte[], byte[]> written = topic.history().getFirst();
        assertThat(written.topic()).isEqualTo("vectron.films.0.1.dlq");
        assertThat(written.value()).hasSize(10);
        assertThat(header(written, "theirs")).isEqualTo("kept");
        assertThat(header(written, Headers.RULE)).isEqualTo("vector_zero");
        assertThat(header(written, Headers.SOURCE_OFFSET)).isEqualTo("41");
        assertThat(header(written, Headers.REPLACED_VERSION)).isEqualTo("7");
        assertThat(written.headers().lastHeader(Headers.VALUE_OMITTED_BYTES)).isNull();
    }

    @Test
    void anOriginalThatDoesNotFitIsLeftOutAndItsSizeIsTold() throws Exception {
        write(letter("k".repeat(1_500), LARGEST, null), letter("next", 5, null));
        assertThat(topic.history()).hasSize(2);
        ProducerRecord<byte[], byte[]> bare =
                topic.history().stream().filter(r -> r.value() == null).findFirst().orElseThrow();
        assertThat(bare.key()).hasSize(1_024);
        assertThat(header(bare, Headers.VALUE_OMITTED_BYTES)).isEqualTo("" + LARGEST);
        assertThat(header(bare, Headers.SOURCE_OFFSET)).isEqualTo("41");
        assertThat(bare.headers().lastHeader("theirs")).isNull();
    }

    @Test
    void whatDoesNotFitKeepsItsLineageAndNoMoreOfIt() throws Exception {
        List<DeadLetter.Header> headers = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            headers.add(header(Headers.RETRIES, Integer.toString(i)));
        }
        headers.add(header(Headers.RETRY_OF, "0-17"));
        headers.add(header(Headers.RETRY_ORIGIN_MS, "9".repeat(65)));

        write(letter("id", LARGEST, null, headers));

        ProducerRecord<byte[], byte[]> bare = topic.history().getFirst();
        assertThat(header(bare, Headers.RETRY_OF)).isEqualTo("0-17");
        assertThat(bare.headers().headers(Headers.RETRIES)).hasSize(1);
        assertThat(header(bare, Headers.RETRIES)).isEqualTo("9999");
        assertThat(bare.headers().lastHeader(Headers.RETRY_ORIGIN_MS)).isNull();
    }

    private static DeadLetter.Header header(String name, String value) {
        return new DeadLetter.Header(name, ByteString.copyFromUtf8(value));
    }

    @Test
    void aLetterThatIsNotWrittenIsNotTakenForWritten() {
        topic.limit = 0;
        topic.refusal = new TimeoutException("no broker");
        assertThatThrownBy(() -> write(letter("id", 10, null)))
                .hasCauseInstanceOf(TimeoutException.class);
        assertThat(topic.history()).isEmpty();
    }

    private void write(DeadLetter.Addressed... letters) throws Exception {
        try (DeadLetterWriter writer = new DeadLetterWriter(clientId -> topic, "test")) {
            writer.write(FEED, List.of(letters)).get(30, TimeUnit.SECONDS);
        }
    }

    private static DeadLetter.Addressed letter(
            String key, int valueBytes, @Nullable Long replaced) {
        return letter(key, valueBytes, replaced, List.of(header("theirs", "kept")));
    }

    private static DeadLetter.Addressed letter(
            String key, int valueBytes, @Nullable Long replaced, List<DeadLetter.Header> headers) {
        DeadLetter.Original original =
                new DeadLetter.Original(
                        ByteString.copyFromUtf8(key),
                        ByteString.copyFrom(new byte[valueBytes]),
                        headers);
        return new DeadLetter.Addressed(
                new DeadLetter(41, 5, "vector_zero", "all zero", original), replaced);
    }

    private static String header(ProducerRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }
}
