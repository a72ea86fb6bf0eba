package io.vectron.standalone.system;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.vectron.common.log.Headers;
import io.vectron.common.record.Rule;
import io.vectron.proto.log.v1.CollectionFacts;
import io.vectron.proto.log.v1.Metric;
import io.vectron.proto.log.v1.Point;
import io.vectron.proto.v1.DeadLetter;
import io.vectron.proto.v1.DeadLetterFilter;
import io.vectron.proto.v1.DeadLetterIds;
import io.vectron.proto.v1.DeadLetterSelection;
import io.vectron.proto.v1.DeadLetterState;
import io.vectron.proto.v1.DropDeadLettersRequest;
import io.vectron.proto.v1.GetDeadLetterRequest;
import io.vectron.proto.v1.ListDeadLettersRequest;
import io.vectron.proto.v1.RetryDeadLettersRequest;
import io.vectron.proto.v1.RetryDeadLettersResponse;
import io.vectron.proto.v1.RetryResult;
import io.vectron.proto.v1.StoredPoint;
import io.vectron.proto.v1.WriteToken;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of letters that somebody deals with, in a whole system. */
@SuppressWarnings("NullAway.Init")
class SettledLettersIT {
    private static final int SHARDS = 2;

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
    void aRecordInAWrongPartitionIsRetriedToItsHomeAndFound() throws Exception {
        CollectionFacts facts = create("misplaced");
        String id = Points.idsOf("film-", 1, SHARDS, 1).getFirst();
        DeadLetter letter = refuse(facts, id, 0, Points.point(1, 2, 3));
        assertThat(letter.getRule()).isEqualTo(Rule.WRONG_PARTITION.key());

        RetryResult result = retry(wish(facts, letter));

        assertThat(result.getToken().getPartition()).isEqualTo(1);
        assertThat(Client.ids(client.search("misplaced", 1, List.of(result.getToken()), 1, 2, 3)))
                .containsExactly(id);
        assertThat(show(facts, letter).getState())
                .isEqualTo(DeadLetterState.DEAD_LETTER_STATE_RETRIED);
        assertThat(open(facts)).isEmpty();
    }

    @Test
    void whatHasANewerVersionIsLeftAloneUnlessForced() throws Exception {
        CollectionFacts facts = create("newer");
        DeadLetter letter = refuse(facts, "film", Points.home("film", SHARDS), zero());
        // Written, and perhaps not applied when the retry looks: it waits for it.
        WriteToken newer = client.upsert("newer", "film", Points.point(1, 1, 1));

        assertThat(retry(wish(facts, letter)).getNewerVersion()).isEqualTo(newer.getOffset());
        assertThat(open(facts)).hasSize(1);
        RetryResult forced = retry(wish(facts, letter).setForce(true));

        assertThat(client.get("newer", "film", forced.getToken()))
                .as("judged again: still all zero, so the point is gone")
                .isNull();
        assertThat(open(facts)).as("its new letter").hasSize(1);
    }

    @Test
    void lineageIsKeptOverTwoRetries() throws Exception {
        CollectionFacts facts = create("lineage");
        DeadLetter first = refuse(facts, "film", Points.home("film", SHARDS), zero());
        DeadLetter second = next(facts, retry(wish(facts, first)).getToken());
        DeadLetter third = next(facts, retry(wish(facts, second)).getToken());

        assertThat(first.getRetries()).isZero();
        assertThat(second.getRetryOf()).isEqualTo(first.getId());
        assertThat(second.getRetries()).isEqualTo(1);
        assertThat(third.getRetryOf()).isEqualTo(second.getId());
        assertThat(third.getRetries()).isEqualTo(2);
        assertThat(third.getValueBytes()).isEqualTo(first.getValueBytes());
        assertThat(show(facts, third).getHeadersList())
                .anyMatch(header -> header.getKey().equals("mine"));
    }

    @Test
    void droppedLettersComeNoMore() throws Exception {
        CollectionFacts facts = create("dropped");
        DeadLetter letter = refuse(facts, "film", Points.home("film", SHARDS), zero());
        DropDeadLettersRequest drop =
                DropDeadLettersRequest.newBuilder()
                        .setCollection("dropped")
                        .setLetters(
                                DeadLetterSelection.newBuilder()
                                        .setFilter(DeadLetterFilter.getDefaultInstance()))
                        .build();

        assertThat(client.letters().dropDeadLetters(drop).getIdsList())
                .containsExactly(letter.getId());

        assertThat(client.letters().dropDeadLetters(drop).getIdsList()).isEmpty();
        assertThat(open(facts)).isEmpty();
        assertThat(show(facts, letter).getState())
                .isEqualTo(DeadLetterState.DEAD_LETTER_STATE_DROPPED);
        assertThat(retry(wish(facts, letter)).getFailure().getReason())
                .isEqualTo("DEAD_LETTER_SETTLED");
    }

    @Test
    void manyRetriesAtOnceLeaveOnePointAndOneSettledLetter() throws Exception {
        CollectionFacts facts = create("concurrent");
        String id = Points.idsOf("film-", 1, SHARDS, 1).getFirst();
        DeadLetter letter = refuse(facts, id, 0, Points.point(1, 2, 3));
        List<Callable<RetryDeadLettersResponse>> calls = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            calls.add(() -> client.letters().retryDeadLetters(wish(facts, letter).build()));
        }
        List<WriteToken> written = new ArrayList<>();
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<RetryDeadLettersResponse> call : callers.invokeAll(calls)) {
                RetryResult result = call.get().getResults(0);
                if (result.hasToken()) {
                    written.add(result.getToken());
                } else {
                    assertThat(result.getFailure().getReason()).isEqualTo("DEAD_LETTER_SETTLED");
                }
            }
        }

        assertThat(written).isNotEmpty();
        StoredPoint stored =
                Objects.requireNonNull(
                        client.get("concurrent", id, written.toArray(WriteToken[]::new)));
        assertThat(stored.getPoint()).isEqualTo(Points.point(1, 2, 3));
        assertThat(open(facts)).isEmpty();
        assertThat(client.awaitCaughtUp("concurrent").getPoints()).isEqualTo(1);
    }

    private static CollectionFacts create(String name) {
        return client.create(name, 3, Metric.METRIC_COSINE, SHARDS).getFacts();
    }

    private static Point zero() {
        return Points.point(0, 0, 0);
    }

    /** Writes a record that will be refused; its letter. */
    private static DeadLetter refuse(CollectionFacts facts, String id, int partition, Point point)
            throws Exception {
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(
                        facts.getTopic(), partition, id.getBytes(UTF_8), point.toByteArray());
        record.headers().add(Headers.CONTENT_TYPE, Headers.PROTOBUF.getBytes(UTF_8));
        record.headers().add("mine", "kept".getBytes(UTF_8));
        return next(facts, system.kafka().send(record));
    }

    /** The letter of a record that will be refused. */
    private static DeadLetter next(CollectionFacts facts, WriteToken source) throws Exception {
        return Await.value(
                        "a letter of " + source,
                        () ->
                                open(facts).stream()
                                        .filter(one ->
                                                one.getSource().getOffset() == source.getOffset()
                                                        && one.getSource().getPartition()
                                                                == source.getPartition())
                                        .toList(),
                        found -> !found.isEmpty())
                .getFirst();
    }

    private static List<DeadLetter> open(CollectionFacts facts) {
        return client.letters()
                .listDeadLetters(
                        ListDeadLettersRequest.newBuilder().setCollection(facts.getName()).build())
                .getLettersList();
    }

    private static DeadLetter show(CollectionFacts facts, DeadLetter letter) {
        return client.letters()
                .getDeadLetter(
                        GetDeadLetterRequest.newBuilder()
                                .setCollection(facts.getName())
                                .setId(letter.getId())
                                .build())
                .getLetter();
    }

    private static RetryDeadLettersRequest.Builder wish(CollectionFacts facts, DeadLetter letter) {
        return RetryDeadLettersRequest.newBuilder()
                .setCollection(facts.getName())
                .setLetters(
                        DeadLetterSelection.newBuilder()
                                .setIds(DeadLetterIds.newBuilder().addIds(letter.getId())));
    }

    private static RetryResult retry(RetryDeadLettersRequest.Builder wish) {
        return client.letters().retryDeadLetters(wish.build()).getResults(0);
    }
}
