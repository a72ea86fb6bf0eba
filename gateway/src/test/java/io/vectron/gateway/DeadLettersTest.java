package io.vectron.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import io.grpc.Deadline;
import io.grpc.Status;
import io.vectron.common.log.Headers;
import io.vectron.common.record.Rule;
import io.vectron.gateway.Cluster.Failure;
import io.vectron.gateway.fresh.LogPartition;
import io.vectron.gateway.log.LogHeader;
import io.vectron.gateway.write.LogAppend;
import io.vectron.proto.log.v1.Metric;
import io.vectron.proto.log.v1.Point;
import io.vectron.proto.v1.DeadLetter;
import io.vectron.proto.v1.DeadLetterFilter;
import io.vectron.proto.v1.DeadLetterIds;
import io.vectron.proto.v1.DeadLetterSelection;
import io.vectron.proto.v1.DeadLetterServiceGrpc;
import io.vectron.proto.v1.DeadLetterServiceGrpc.DeadLetterServiceBlockingStub;
import io.vectron.proto.v1.DeadLetterState;
import io.vectron.proto.v1.DropDeadLettersRequest;
import io.vectron.proto.v1.GetDeadLetterRequest;
import io.vectron.proto.v1.ListDeadLettersRequest;
import io.vectron.proto.v1.ListDeadLettersResponse;
import io.vectron.proto.v1.RetryDeadLettersRequest;
import io.vectron.proto.v1.RetryDeadLettersResponse;
import io.vectron.proto.v1.RetryResult;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Dead letters over gRPC; the letters are written as the job writes them. */
@Timeout(60)
@SuppressWarnings("NullAway.Init")
class DeadLettersTest {
    private static final String NAME = "films";
    private static final int SHARDS = 2;

    private Cluster cluster;
    private String topic;
    private LogPartition dlq;

    @BeforeEach
    void start() throws Exception {
        cluster = new Cluster();
        cluster.create(NAME, SHARDS, Metric.METRIC_EUCLIDEAN);
        topic = cluster.placement.record(NAME).getFacts().getTopic();
        dlq = new LogPartition(topic + ".dlq", 0);
        cluster.log.createTopic(dlq.topic(), 1);
    }

    @AfterEach
    void stop() {
        assertThat(cluster.log.sessions()).as("every session is closed").isZero();
        cluster.close();
    }

    @Test
    void aLetterIsListedAndShown() {
        String id = cluster.idIn(NAME, 1);
        String letter = refuse(id, 1, Rule.VECTOR_ZERO, value(1, 2), LogHeader.of("mine", "kept"));

        DeadLetter listed = list(filter()).getLetters(0);
        DeadLetter shown = show(letter);

        assertThat(listed.getId()).isEqualTo("0-0").isEqualTo(letter);
        assertThat(listed.getState()).isEqualTo(DeadLetterState.DEAD_LETTER_STATE_OPEN);
        assertThat(listed.getRule()).isEqualTo("vector_zero");
        assertThat(listed.getReason()).isEqualTo("because");
        assertThat(listed.getPointId()).isEqualTo(id);
        assertThat(listed.getSource().getTopic()).isEqualTo(topic);
        assertThat(listed.getSource().getPartition()).isEqualTo(1);
        assertThat(listed.getSource().getOffset()).isZero();
        assertThat(listed.getValueBytes()).isEqualTo(value(1, 2).size());
        assertThat(listed.hasValue()).isFalse();
        assertThat(listed.getHeadersList()).isEmpty();
        assertThat(shown.getValue()).isEqualTo(value(1, 2));
        assertThat(shown.getHeadersList()).hasSize(1);
        assertThat(shown.getHeaders(0).getKey()).isEqualTo("mine");
        assertThat(shown.toBuilder().clearValue().clearHeaders().build()).isEqualTo(listed);
    }

    @Test
    void filtersHoldTogether() {
        refuse("a", 0, Rule.VECTOR_ZERO, value(1, 1));
        refuse("b", 0, Rule.JSON_MALFORMED, value(1, 1));
        refuse("c", 0, Rule.VECTOR_ZERO, value(1, 1));

        assertThat(ids(list(filter().addRules("vector_zero")))).containsExactly("0-0", "0-2");
        Timestamp later =
                Timestamp.newBuilder().setSeconds(Instant.now().getEpochSecond() + 60).build();
        assertThat(ids(list(filter().setSince(later)))).isEmpty();
        assertThat(ids(list(filter().setUntil(later)))).hasSize(3);
        assertThat(ids(list(filter().setUntil(Timestamp.newBuilder().setSeconds(1))))).isEmpty();
    }

    @Test
    void pagesFollowEachOtherUntilTheLast() {
        for (int i = 0; i < 25; i++) {
            refuse("p" + i, 0, i % 2 == 0 ? Rule.VECTOR_ZERO : Rule.JSON_MALFORMED, value(1, 1));
        }
        drop("0-4");
        List<String> seen = new ArrayList<>();
        String token = "";
        do {
            ListDeadLettersResponse page =
                    stub().listDeadLetters(
                                    ListDeadLettersRequest.newBuilder()
                                            .setCollection(NAME)
                                            .setFilter(filter().addRules("vector_zero"))
                                            .setPageSize(5)
                                            .setPageToken(token)
                                            .build());
            assertThat(page.getLettersCount()).isLessThanOrEqualTo(5);
            seen.addAll(ids(page));
            token = page.getNextPageToken();
            refuse("late", 0, Rule.VECTOR_ZERO, value(1, 1));
        } while (!token.isEmpty());

        assertThat(seen)
                .as("none twice, none of those that came later")
                .hasSize(12)
                .doesNotHaveDuplicates()
                .doesNotContain("0-4")
                .startsWith("0-0", "0-2", "0-6");
    }

    @Test
    void aRetryWritesTheRecordAsItWasToItsHome() {
        String id = cluster.idIn(NAME, 1);
        String letter =
                refuse(
                        id,
                        0,
                        Rule.WRONG_PARTITION,
                        value(3, 4),
                        LogHeader.of(Headers.CONTENT_TYPE, Headers.PROTOBUF),
                        LogHeader.of("mine", "kept"));

        assertThat(retry(wish(letter).setDryRun(true)).getWouldWriteTo()).isEqualTo(1);
        RetryResult result = retry(wish(letter));

        assertThat(result.getPointId()).isEqualTo(id);
        assertThat(result.getToken().getPartition()).isEqualTo(1);
        LogAppend written = record(1, result.getToken().getOffset());
        assertThat(written.id()).isEqualTo(id);
        assertThat(written.value()).isEqualTo(value(3, 4));
        assertThat(written.headers())
                .startsWith(
                        LogHeader.of(Headers.CONTENT_TYPE, Headers.PROTOBUF),
                        LogHeader.of("mine", "kept"))
                .contains(
                        LogHeader.of(Headers.RETRY_OF, letter), LogHeader.of(Headers.RETRIES, "1"))
                .hasSize(5);
        DeadLetter settled = show(letter);
        assertThat(settled.getState()).isEqualTo(DeadLetterState.DEAD_LETTER_STATE_RETRIED);
        assertThat(settled.getRetriedAs()).isEqualTo(result.getToken());
        assertThat(settled.hasSettledAt()).isTrue();
        assertThat(ids(list(filter()))).isEmpty();
        assertThat(ids(list(filter().setIncludeSettled(true)))).containsExactly(letter);
        assertThat(retry(wish(letter)).getFailure().getReason()).isEqualTo("DEAD_LETTER_SETTLED");
    }

    @Test
    void aNewerVersionIsNotOverwrittenUnlessForced() {
        String id = cluster.idIn(NAME, 0);
        String letter = refuse(id, 0, Rule.VECTOR_ZERO, value(1, 1));
        long newer = cluster.log.produce(new LogAppend(topic, 0, id, value(9, 9)));

        assertThat(retry(wish(letter)).getNewerVersion()).isEqualTo(newer);
        assertThat(ids(list(filter()))).as("it stays open").containsExactly(letter);
        RetryResult forced = retry(wish(letter).setForce(true));

        assertThat(record(0, forced.getToken().getOffset()).value()).isEqualTo(value(1, 1));
    }

    @Test
    void aRecordInAWrongPartitionIsComparedByTime() {
        String older = cluster.idIn(NAME, 1);
        cluster.log.produce(new LogAppend(topic, 1, "fill", value(0, 0)));
        Instant before = Instant.now().minus(1, ChronoUnit.HOURS).truncatedTo(ChronoUnit.MILLIS);
        cluster.log.produce(new LogAppend(topic, 1, older, value(9, 9)), before, false);
        String letter = refuse(older, 0, Rule.WRONG_PARTITION, value(1, 1));

        assertThat(retry(wish(letter)).hasToken())
                .as("its version has the higher offset, and is older all the same")
                .isTrue();

        String again = refuse(older, 0, Rule.WRONG_PARTITION, value(2, 2), before.minusSeconds(1));
        assertThat(retry(wish(again)).hasNewerVersion()).isTrue();
    }

    @Test
    void theRetryOfAnOlderLetterDoesNotStandInTheWayOfALaterOne() {
        String id = cluster.idIn(NAME, 0);
        Instant start = Instant.now().minusSeconds(60).truncatedTo(ChronoUnit.MILLIS);
        String first = refuse(id, 0, Rule.VECTOR_ZERO, value(1, 1), start);
        String second = refuse(id, 0, Rule.VECTOR_ZERO, value(2, 2), start.plusSeconds(1));

        assertThat(retry(wish(first)).hasToken()).isTrue();
        assertThat(retry(wish(second)).hasToken()).isTrue();
        assertThat(retry(wish(first).setForce(false)).getFailure().getReason())
                .isEqualTo("DEAD_LETTER_SETTLED");
    }

    @Test
    void lineageGrowsWithEachRetry() {
        String id = cluster.idIn(NAME, 0);
        String letter = refuse(id, 0, Rule.VECTOR_ZERO, value(1, 1));
        RetryResult first = retry(wish(letter));
        List<LogHeader> carried = record(0, first.getToken().getOffset()).headers();
        String second =
                refuse(id, 0, Rule.VECTOR_ZERO, value(1, 1), carried.toArray(LogHeader[]::new));

        DeadLetter shown = show(second);
        assertThat(shown.getRetries()).isEqualTo(1);
        assertThat(shown.getRetryOf()).isEqualTo(letter);
        RetryResult again = retry(wish(second).setForce(true));

        assertThat(record(0, again.getToken().getOffset()).headers())
                .contains(
                        LogHeader.of(Headers.RETRY_OF, second), LogHeader.of(Headers.RETRIES, "2"))
                .doesNotContain(LogHeader.of(Headers.RETRIES, "1"))
                .filteredOn(header -> header.name().equals(Headers.RETRY_ORIGIN_MS))
                .isEqualTo(
                        carried.stream()
                                .filter(one -> one.name().equals(Headers.RETRY_ORIGIN_MS))
                                .toList());
    }

    @Test
    void whoIsCutOffBeforeSettlingRetriesOnceMore() {
        String id = cluster.idIn(NAME, 0);
        String letter = refuse(id, 0, Rule.VECTOR_ZERO, value(1, 1));
        cluster.log.loseAcknowledgements(topic, 1);

        RetryResult cutOff = retry(wish(letter));

        assertThat(cutOff.getFailure().getReason()).isEqualTo("LOG_UNAVAILABLE");
        assertThat(show(letter).getState()).isEqualTo(DeadLetterState.DEAD_LETTER_STATE_OPEN);
        RetryResult again = retry(wish(letter));
        assertThat(again.hasToken()).as("what it wrote itself is not newer").isTrue();
        assertThat(show(letter).getState()).isEqualTo(DeadLetterState.DEAD_LETTER_STATE_RETRIED);
    }

    @Test
    void whoDiesBetweenWritingAndSettlingLeavesTheLetterOpen() {
        String id = cluster.idIn(NAME, 0);
        String letter = refuse(id, 0, Rule.VECTOR_ZERO, value(1, 1));
        cluster.log.stall(dlq);

        // Beneath gRPC, so that no stutter of the machine can end the call on the caller's side.
        RetryResult unsettled =
                cluster.gateway
                        .deadLetters()
                        .retry(wish(letter).build(), Deadline.after(2, TimeUnit.SECONDS))
                        .getResults(0);

        cluster.log.resume(dlq);
        assertThat(unsettled.hasToken()).as("it is written").isTrue();
        assertThat(show(letter).getState()).isEqualTo(DeadLetterState.DEAD_LETTER_STATE_OPEN);
        RetryResult again = retry(wish(letter));
        assertThat(again.getToken().getOffset()).isGreaterThan(unsettled.getToken().getOffset());
        assertThat(record(0, again.getToken().getOffset()))
                .isEqualTo(record(0, unsettled.getToken().getOffset()));
        assertThat(show(letter).getRetriedAs()).isEqualTo(again.getToken());
    }

    @Test
    void whatCannotBeWrittenAgainSaysWhy() {
        String omitted =
                refuse(
                        "big",
                        0,
                        Rule.RECORD_TOO_LARGE,
                        null,
                        LogHeader.of(Headers.VALUE_OMITTED_BYTES, "2000000"));

        RetryDeadLettersResponse response =
                stub().retryDeadLetters(wish(omitted, "0-99", "7-0").build());

        assertThat(response.getResultsList().stream().map(one -> one.getFailure().getReason()))
                .containsExactly(
                        "DEAD_LETTER_VALUE_OMITTED",
                        "DEAD_LETTER_NOT_FOUND",
                        "DEAD_LETTER_NOT_FOUND");
        assertThat(show(omitted).getValueOmitted()).isTrue();
        assertThat(show(omitted).getValueBytes()).isEqualTo(2_000_000);
        assertThat(show(omitted).getHeadersList()).isEmpty();
    }

    @Test
    void tombstonesAndKeylessRecordsAreRetriedAsTheyWere() {
        String id = cluster.idIn(NAME, 1);
        String tombstone = refuse(id, 0, Rule.WRONG_PARTITION, null);
        RetryResult result = retry(wish(tombstone));
        assertThat(record(1, result.getToken().getOffset()).value()).isNull();

        String keyless = refuse(null, 1, Rule.ID_MISSING, value(1, 1));
        RetryResult second = retry(wish(keyless).setDryRun(true));
        assertThat(second.getWouldWriteTo()).isEqualTo(1);
        assertThat(second.getPointId()).isEmpty();
        assertThat(show(keyless).hasKey()).isFalse();
    }

    @Test
    void aFilterRetriesAllThatIsOpenAndNeverWhatItBroughtAboutItself() {
        String id = cluster.idIn(NAME, 0);
        for (int i = 0; i < 5; i++) {
            refuse(id + i, 0, Rule.VECTOR_ZERO, value(1, 1));
        }
        drop("0-1");
        RetryDeadLettersRequest all =
                RetryDeadLettersRequest.newBuilder()
                        .setCollection(NAME)
                        .setLetters(DeadLetterSelection.newBuilder().setFilter(filter()))
                        .build();

        RetryDeadLettersResponse done = stub().retryDeadLetters(all);

        assertThat(done.getResultsList().stream().map(RetryResult::getId))
                .containsExactly("0-0", "0-2", "0-3", "0-4");
        assertThat(done.getResultsList()).allMatch(RetryResult::hasToken);
        assertThat(done.getNextPageToken()).isEmpty();
        assertThat(stub().retryDeadLetters(all).getResultsList()).isEmpty();
    }

    @Test
    void droppingSettlesOnceAndFindsOnlyLetters() {
        String letter = refuse("a", 0, Rule.VECTOR_ZERO, value(1, 1));

        assertThat(drop(letter)).containsExactly(letter);
        assertThat(drop(letter)).isEmpty();
        assertThat(show(letter).getState()).isEqualTo(DeadLetterState.DEAD_LETTER_STATE_DROPPED);
        assertThat(Failure.of(() -> drop("0-1")).reason())
                .as("the settlement is no letter")
                .isEqualTo("DEAD_LETTER_NOT_FOUND");
        assertThat(Failure.of(() -> show("0-77")).status()).isEqualTo(Status.Code.NOT_FOUND);
    }

    @Test
    void noHeaderOfARecordMakesItsLetterASettlement() {
        String letter = refuse("a", 0, Rule.VECTOR_ZERO, value(1, 1));
        String liar =
                refuse(
                        "b",
                        0,
                        Rule.KIND_UNSUPPORTED,
                        value(1, 1),
                        LogHeader.of(Headers.KIND, Headers.SETTLED),
                        LogHeader.of(Headers.SETTLED_LETTER, "0"),
                        LogHeader.of(Headers.SETTLED_AS, Headers.DROPPED),
                        LogHeader.of(Headers.RULE, "mine"),
                        LogHeader.of(Headers.SOURCE_OFFSET, "12345"));

        assertThat(ids(list(filter()))).containsExactly(letter, liar);
        assertThat(show(liar).getRule()).isEqualTo("kind_unsupported");
        assertThat(show(liar).getSource().getOffset()).isNotEqualTo(12_345);
    }

    @Test
    void nonsenseIsATypedError() {
        refuse("a", 0, Rule.VECTOR_ZERO, value(1, 1));
        assertInvalid("filter.rules[0]", () -> list(filter().addRules("no_such_rule")));
        assertInvalid(
                "filter.since",
                () -> list(filter().setSince(Timestamp.newBuilder().setSeconds(Long.MAX_VALUE))));
        assertInvalid("id", () -> show("seventeen"));
        assertInvalid("letters.ids.ids[1]", () -> retry(wish("0-0", "0-x")));
        assertInvalid("letters.ids.ids", () -> retry(wish()));
        assertInvalid("letters", () -> retry(wish("0-0").clearLetters()));
        assertInvalid("page_token", () -> retry(wish("0-0").setPageToken("x")));
        ListDeadLettersRequest.Builder list =
                ListDeadLettersRequest.newBuilder().setCollection(NAME);
        assertInvalid("page_size", () -> stub().listDeadLetters(list.setPageSize(1_001).build()));
        for (String token : List.of("!", "AAAA", "MTo5OjA6MDow")) {
            assertInvalid(
                    "page_token",
                    () -> stub().listDeadLetters(list.setPageSize(0).setPageToken(token).build()));
        }
        assertThat(
                        Failure.of(() ->
                                        stub().listDeadLetters(
                                                        list.clear().setCollection("no").build()))
                                .reason())
                .isEqualTo("COLLECTION_NOT_FOUND");
    }

    private static void assertInvalid(String field, Runnable call) {
        Failure failure = Failure.of(call);
        assertThat(failure.reason()).as(field).isEqualTo("INVALID_REQUEST");
        assertThat(failure.field()).isEqualTo(field);
    }

    private DeadLetterServiceBlockingStub stub() {
        return DeadLetterServiceGrpc.newBlockingStub(cluster.channel)
                .withDeadlineAfter(20, TimeUnit.SECONDS);
    }

    private static DeadLetterFilter.Builder filter() {
        return DeadLetterFilter.newBuilder();
    }

    private ListDeadLettersResponse list(DeadLetterFilter.Builder filter) {
        return stub().listDeadLetters(
                        ListDeadLettersRequest.newBuilder()
                                .setCollection(NAME)
                                .setFilter(filter)
                                .build());
    }

    private static List<String> ids(ListDeadLettersResponse page) {
        return page.getLettersList().stream().map(DeadLetter::getId).toList();
    }

    private DeadLetter show(String id) {
        return stub().getDeadLetter(
                        GetDeadLetterRequest.newBuilder().setCollection(NAME).setId(id).build())
                .getLetter();
    }

    private static DeadLetterSelection chosen(String... ids) {
        return DeadLetterSelection.newBuilder()
                .setIds(DeadLetterIds.newBuilder().addAllIds(List.of(ids)))
                .build();
    }

    private static RetryDeadLettersRequest.Builder wish(String... ids) {
        return RetryDeadLettersRequest.newBuilder().setCollection(NAME).setLetters(chosen(ids));
    }

    private RetryResult retry(RetryDeadLettersRequest.Builder wish) {
        return stub().retryDeadLetters(wish.build()).getResults(0);
    }

    private List<String> drop(String... ids) {
        return stub().dropDeadLetters(
                        DropDeadLettersRequest.newBuilder()
                                .setCollection(NAME)
                                .setLetters(chosen(ids))
                                .build())
                .getIdsList();
    }

    private LogAppend record(int partition, long offset) {
        return Objects.requireNonNull(
                cluster.log.read(new LogPartition(topic, partition)).get((int) offset));
    }

    private String refuse(
            @Nullable String id,
            int partition,
            Rule rule,
            @Nullable ByteString value,
            LogHeader... headers) {
        return refuse(id, partition, rule, value, Instant.now(), headers);
    }

    /** Writes a place that no point lies at, and its letter as the job does; the letter's id. */
    private String refuse(
            @Nullable String id,
            int partition,
            Rule rule,
            @Nullable ByteString value,
            Instant logged,
            LogHeader... headers) {
        LogPartition source = new LogPartition(topic, partition);
        long offset = cluster.log.read(source).size();
        cluster.log.skip(source, 1);
        List<LogHeader> all = new ArrayList<>(List.of(headers));
        all.add(LogHeader.of(Headers.RULE, rule.key()));
        all.add(LogHeader.of(Headers.REASON, "because"));
        all.add(LogHeader.of(Headers.SOURCE_TOPIC, topic));
        all.add(LogHeader.of(Headers.SOURCE_PARTITION, Integer.toString(partition)));
        all.add(LogHeader.of(Headers.SOURCE_OFFSET, Long.toString(offset)));
        all.add(LogHeader.of(Headers.SOURCE_TIMESTAMP_MS, Long.toString(logged.toEpochMilli())));
        ByteString key = id == null ? null : ByteString.copyFrom(id, UTF_8);
        long letter = cluster.log.produce(new LogAppend(dlq.topic(), 0, key, value, all));
        return "0-" + letter;
    }

    private static ByteString value(float... vector) {
        return Point.newBuilder().addVectors(Cluster.vector(vector)).build().toByteString();
    }
}
