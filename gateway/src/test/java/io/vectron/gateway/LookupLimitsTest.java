package io.vectron.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.vectron.common.log.Headers;
import io.vectron.common.record.Rule;
import io.vectron.gateway.config.LookupLimits;
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
import io.vectron.proto.v1.DropDeadLettersRequest;
import io.vectron.proto.v1.ListDeadLettersRequest;
import io.vectron.proto.v1.ListDeadLettersResponse;
import io.vectron.proto.v1.LoggedRecord;
import io.vectron.proto.v1.RetryDeadLettersRequest;
import io.vectron.proto.v1.RetryResult;
import io.vectron.proto.v1.Stage;
import io.vectron.proto.v1.StageName;
import io.vectron.proto.v1.TracePointRequest;
import io.vectron.proto.v1.TracePointResponse;
import io.vectron.proto.v1.TraceServiceGrpc;
import io.vectron.proto.v1.TraceServiceGrpc.TraceServiceBlockingStub;
import io.vectron.proto.v1.TraceWriteRequest;
import io.vectron.proto.v1.WriteToken;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What dead letters and traces read is bounded by settings, and nobody is told less than that. */
@Timeout(60)
@SuppressWarnings("NullAway.Init")
class LookupLimitsTest {
    private static final String NAME = "films";
    private static final LookupLimits FEW_RECORDS = new LookupLimits(8, 100, 32 << 20, 50_000);
    private static final LookupLimits FEW_BYTES = new LookupLimits(8, 50_000, 8 << 20, 50_000);
    private static final LookupLimits FEW_SETTLED = new LookupLimits(8, 50_000, 32 << 20, 3);
    private static final ByteString A_MEGABYTE = value(new float[250_000]);

    private Cluster cluster;
    private String topic;

    private void start(LookupLimits limits) throws Exception {
        cluster = new Cluster(limits);
        cluster.create(NAME, 1, Metric.METRIC_EUCLIDEAN);
        topic = cluster.placement.record(NAME).getFacts().getTopic();
        cluster.log.createTopic(topic + ".dlq", 1);
    }

    @AfterEach
    void stop() {
        assertThat(cluster.log.sessions()).as("every session is closed").isZero();
        cluster.close();
    }

    @Test
    void aPageEndsWhereItsRecordsDoAndTheNextGoesOn() throws Exception {
        start(FEW_RECORDS);
        IntStream.range(0, 250).forEach(i -> refuse(i, Rule.VECTOR_ZERO, ByteString.EMPTY));
        refuse(250, Rule.JSON_MALFORMED, ByteString.EMPTY);

        assertThat(pages(Rule.JSON_MALFORMED))
                .containsExactly(List.of(), List.of(), List.of("0-250"));
    }

    @Test
    void aPageEndsWhereItsBytesDoAndTheNextGoesOn() throws Exception {
        start(FEW_BYTES);
        IntStream.range(0, 12).forEach(i -> refuse(i, Rule.VECTOR_ZERO, A_MEGABYTE));
        refuse(12, Rule.JSON_MALFORMED, ByteString.EMPTY);

        assertThat(pages(Rule.JSON_MALFORMED)).containsExactly(List.of(), List.of("0-12"));
    }

    @Test
    void aPageHoldsEightMebibytesOfLettersAndARetryByIdMore() throws Exception {
        start(LookupLimits.DEFAULT);
        IntStream.range(0, 12).forEach(i -> refuse(i, Rule.VECTOR_ZERO, A_MEGABYTE));
        List<String> all = IntStream.range(0, 12).mapToObj(i -> "0-" + i).toList();

        assertThat(pages(Rule.VECTOR_ZERO)).containsExactly(all.subList(0, 9), all.subList(9, 12));

        List<String> backwards = all.reversed();
        assertThat(
                        letters()
                                .retryDeadLetters(
                                        RetryDeadLettersRequest.newBuilder()
                                                .setCollection(NAME)
                                                .setLetters(chosen(backwards))
                                                .build())
                                .getResultsList())
                .as("in the order asked for, though read in parts")
                .allMatch(RetryResult::hasToken)
                .extracting(RetryResult::getId)
                .isEqualTo(backwards);
    }

    @Test
    void whatIsSettledIsNeverShownHoweverLittleIsRemembered() throws Exception {
        start(FEW_SETTLED);
        IntStream.range(0, 20).forEach(i -> refuse(i, Rule.VECTOR_ZERO, ByteString.EMPTY));
        List<String> dropped = IntStream.range(0, 15).mapToObj(i -> "0-" + i).toList();
        assertThat(
                        letters()
                                .dropDeadLetters(
                                        DropDeadLettersRequest.newBuilder()
                                                .setCollection(NAME)
                                                .setLetters(chosen(dropped))
                                                .build())
                                .getIdsList())
                .isEqualTo(dropped);

        assertThat(pages(Rule.VECTOR_ZERO))
                .containsExactly(IntStream.range(15, 20).mapToObj(i -> "0-" + i).toList());
    }

    @Test
    void aWriteWhoseLetterLiesFurtherOnIsToldNeitherAcceptedNorRejected() throws Exception {
        start(FEW_RECORDS);
        long offset = write("film");
        assertThat(write("film")).isGreaterThan(offset);
        IntStream.range(0, 120).forEach(i -> refuse(1_000 + i, Rule.VECTOR_ZERO, ByteString.EMPTY));
        refuse(offset, Rule.JSON_MALFORMED, ByteString.EMPTY);

        assertThat(trace(offset))
                .containsExactly(
                        StageName.STAGE_NAME_LOGGED,
                        StageName.STAGE_NAME_COMMITTED,
                        StageName.STAGE_NAME_APPLIED,
                        StageName.STAGE_NAME_SEARCHABLE);
    }

    @Test
    void aWriteWhoseLetterIsReadWithinTheLimitIsRejected() throws Exception {
        start(FEW_RECORDS);
        long offset = write("film");
        assertThat(write("film")).isGreaterThan(offset);
        IntStream.range(0, 99).forEach(i -> refuse(1_000 + i, Rule.VECTOR_ZERO, ByteString.EMPTY));
        refuse(offset, Rule.JSON_MALFORMED, ByteString.EMPTY);

        assertThat(trace(offset)).contains(StageName.STAGE_NAME_REJECTED);
    }

    @Test
    void thePastOfAPointEndsWhereItsRecordsDoAndSaysSo() throws Exception {
        start(FEW_RECORDS);
        long oldest = write("film");
        for (int i = 0; i < 150; i++) {
            assertThat(write("other-" + i)).isGreaterThan(oldest);
        }
        long latest = write("film");

        TracePointResponse point =
                traces().tracePoint(
                                TracePointRequest.newBuilder()
                                        .setCollection(NAME)
                                        .setId("film")
                                        .build());

        assertThat(point.getRecordsList()).extracting(LoggedRecord::getOffset).containsOnly(latest);
        assertThat(point.getReadFrom())
                .as("one stretch of 64; the next, of 128, would have been too much")
                .isGreaterThan(oldest)
                .isEqualTo(latest + 1 - 64);
    }

    /** The ids of each page, to the last. */
    private List<List<String>> pages(Rule rule) {
        List<List<String>> pages = new ArrayList<>();
        String token = "";
        do {
            ListDeadLettersResponse page =
                    letters()
                            .listDeadLetters(
                                    ListDeadLettersRequest.newBuilder()
                                            .setCollection(NAME)
                                            .setFilter(
                                                    DeadLetterFilter.newBuilder()
                                                            .addRules(rule.key()))
                                            .setPageToken(token)
                                            .build());
            pages.add(page.getLettersList().stream().map(DeadLetter::getId).toList());
            token = page.getNextPageToken();
        } while (!token.isEmpty());
        return pages;
    }

    private List<StageName> trace(long offset) {
        return traces()
                .traceWrite(
                        TraceWriteRequest.newBuilder()
                                .setCollection(NAME)
                                .setToken(WriteToken.newBuilder().setTopic(topic).setOffset(offset))
                                .build())
                .getStagesList()
                .stream()
                .map(Stage::getName)
                .toList();
    }

    private static DeadLetterSelection chosen(List<String> ids) {
        return DeadLetterSelection.newBuilder()
                .setIds(DeadLetterIds.newBuilder().addAllIds(ids))
                .build();
    }

    private DeadLetterServiceBlockingStub letters() {
        return DeadLetterServiceGrpc.newBlockingStub(cluster.channel)
                .withDeadlineAfter(20, TimeUnit.SECONDS);
    }

    private TraceServiceBlockingStub traces() {
        return TraceServiceGrpc.newBlockingStub(cluster.channel)
                .withDeadlineAfter(20, TimeUnit.SECONDS);
    }

    private long write(String id) {
        return cluster.log.produce(new LogAppend(topic, 0, id, value(1, 2)));
    }

    private static ByteString value(float... vector) {
        return Point.newBuilder().addVectors(Cluster.vector(vector)).build().toByteString();
    }

    /** The letter of a record at an offset, as the job writes it. */
    private void refuse(long offset, Rule rule, ByteString value) {
        List<LogHeader> headers =
                List.of(
                        LogHeader.of(Headers.RULE, rule.key()),
                        LogHeader.of(Headers.REASON, "because"),
                        LogHeader.of(Headers.SOURCE_TOPIC, topic),
                        LogHeader.of(Headers.SOURCE_PARTITION, "0"),
                        LogHeader.of(Headers.SOURCE_OFFSET, Long.toString(offset)),
                        LogHeader.of(Headers.SOURCE_TIMESTAMP_MS, "1"));
        ByteString key = ByteString.copyFrom("p" + offset, UTF_8);
        long letter = cluster.log.produce(new LogAppend(topic + ".dlq", 0, key, value, headers));
        assertThat(letter).isNotNegative();
    }
}
