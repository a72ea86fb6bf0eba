package io.vectron.common.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vectron.common.error.ErrorCode;
import io.vectron.common.error.VectronException;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogNamesTest {
    private static final UUID ID = UUID.fromString("0123abcd-0000-4000-8000-000000000000");
    private static final String TOPIC_ID = "AAAAAAAAAAAAAAAAAAAAAQ";

    @Test
    void aTopicTellsItsCollection() {
        String topic = TopicNames.log("films-2", UUID.randomUUID(), 12);
        assertThat(TopicNames.collection(topic)).isEqualTo("films-2");
        assertThat(TopicNames.collection(TopicNames.deadLetter(topic))).isNull();
        assertThat(TopicNames.collection(TopicNames.CATALOG)).isNull();
        assertThat(TopicNames.collection("films")).isNull();
    }

    @Test
    void namesTopics() {
        assertThat(TopicNames.log("my-words_2", ID, 1)).isEqualTo("vectron.my-words_2.0123abcd.1");
        assertThat(TopicNames.deadLetter("vectron.a.b.1")).isEqualTo("vectron.a.b.1.dlq");
        assertThat(TopicNames.consumerGroup("words")).isEqualTo("vectron.words");
        assertThatThrownBy(() -> TopicNames.log("a", ID, 0))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> TopicNames.log("", ID, 1))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void everyShardHasItsOwnGroup() {
        Set<UUID> groups = new HashSet<>();
        for (int shard = 0; shard < 12; shard++) {
            for (int generation = 1; generation < 12; generation++) {
                groups.add(GroupIds.of(ID, generation, shard, 0));
                groups.add(GroupIds.of(ID, generation, shard, 1));
            }
        }

        assertThat(groups).hasSize(12 * 11 * 2);
        assertThat(GroupIds.of(ID, 1, 2, 3))
                .isEqualTo(
                        UUID.nameUUIDFromBytes(
                                "vectron:0123abcd-0000-4000-8000-000000000000:1:2:3"
                                        .getBytes(UTF_8)));
        assertThatThrownBy(() -> GroupIds.of(ID, 0, 0, 0))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void partitionsAsKafkasProducerDoes() {
        Random random = new Random(5);
        for (int i = 0; i < 10_000; i++) {
            byte[] id = new byte[1 + random.nextInt(40)];
            random.nextBytes(id);
            int shards = 1 + random.nextInt(1024);

            assertThat(Partitioning.partition(id, shards))
                    .isEqualTo(BuiltInPartitioner.partitionForKey(id, shards));
        }
    }

    @Test
    void partitionsAsPublishedForMurmur2() {
        // Known values of Kafka's own test: murmur2("21") = -973932308, of "foobar" = -790332482.
        assertThat(Partitioning.partition("21".getBytes(UTF_8), 1000))
                .isEqualTo((-973932308 & 0x7fffffff) % 1000);
        assertThat(Partitioning.partition("foobar".getBytes(UTF_8), 1000))
                .isEqualTo((-790332482 & 0x7fffffff) % 1000);
    }

    @Test
    void tokensSurviveTextAndProto() {
        String topic = "vectron.words.0123abcd.1";
        for (WriteToken token :
                List.of(
                        WriteToken.ofId(TOPIC_ID, 0, 0),
                        WriteToken.ofTopic(topic, 3, Long.MAX_VALUE),
                        new WriteToken(TOPIC_ID, topic, Integer.MAX_VALUE, 7, 0),
                        new WriteToken(TOPIC_ID, null, 1, 7, Integer.MAX_VALUE))) {
            assertThat(WriteToken.parse(token.toString())).isEqualTo(token);
            assertThat(WriteToken.of(token.toProto())).isEqualTo(token);
        }
        assertThat(WriteToken.ofTopic(topic, 3, 42)).hasToString("vectron.words.0123abcd.1/3/42");
    }

    @Test
    void aTokenIsSatisfiedAboveItsOffset() {
        WriteToken token = WriteToken.ofId(TOPIC_ID, 0, 5);

        assertThat(token.satisfiedBy(5)).isFalse();
        assertThat(token.satisfiedBy(6)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "words/0/1",
                "vectron.words.1/0",
                "vectron.words.1/-1/0",
                "vectron.words.1/0/9223372036854775808",
                "vectron.words.1/4294967296/0",
                "vectron.words.1/0/1/2/3",
                "vectron.words.1 /0/1",
                "AAAAAAAAAAAAAAAAAAAAAQ:vectron.words.1/0/1"
            })
    void refusesOtherTexts(String text) {
        assertThatThrownBy(() -> WriteToken.parse(text))
                .isInstanceOfSatisfying(
                        VectronException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_TOKEN));
    }

    @Test
    void refusesEmptyProto() {
        assertThatThrownBy(() -> WriteToken.of(io.vectron.proto.v1.WriteToken.getDefaultInstance()))
                .isInstanceOf(VectronException.class);
    }
}
