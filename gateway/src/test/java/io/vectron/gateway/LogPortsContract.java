package io.vectron.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.grpc.Deadline;
import io.vectron.common.error.ErrorCode;
import io.vectron.common.error.VectronException;
import io.vectron.gateway.fresh.LogEnds;
import io.vectron.gateway.fresh.LogPartition;
import io.vectron.gateway.log.LogEntry;
import io.vectron.gateway.log.LogHeader;
import io.vectron.gateway.log.LogReader;
import io.vectron.gateway.log.LogReader.Visibility;
import io.vectron.gateway.log.LogSession;
import io.vectron.gateway.log.LogSession.Limits;
import io.vectron.gateway.write.AppendOutcome;
import io.vectron.gateway.write.AppendOutcome.Appended;
import io.vectron.gateway.write.LogAppend;
import io.vectron.gateway.write.LogWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every {@link LogWriter}, {@link LogEnds} and {@link LogReader} does. A module with a real
 * broker subclasses it as well.
 */
@SuppressWarnings("NullAway.Init")
public abstract class LogPortsContract {

    /** The ports under test, and a way to look behind them. */
    public interface Ports extends AutoCloseable {
        LogWriter writer();

        LogEnds ends();

        LogReader reader();

        /** Creates a topic; its name. */
        String createTopic(int partitions) throws Exception;

        /** All records of a partition, ascending by offset. */
        List<Stored> read(LogPartition partition) throws Exception;

        @Override
        void close();
    }

    /** A record as any consumer sees it. */
    public record Stored(
            long offset, String key, @Nullable ByteString value, @Nullable String contentType) {}

    private static final Limits MANY = new Limits(1_000, 1 << 20);

    private Ports ports;

    /** Opens the ports under test on an empty or shared log. */
    protected abstract Ports open() throws Exception;

    @BeforeEach
    final void openPorts() throws Exception {
        ports = open();
    }

    @AfterEach
    final void closePorts() {
        ports.close();
    }

    @Test
    void writesRecordsAsConsumersReadThem() throws Exception {
        String topic = ports.createTopic(2);
        ByteString value = ByteString.copyFromUtf8("value");

        List<AppendOutcome> outcomes =
                append(new LogAppend(topic, 1, "á", value), new LogAppend(topic, 1, "b", null));

        assertThat(outcomes).containsExactly(new Appended(0, null), new Appended(1, null));
        assertThat(ports.read(new LogPartition(topic, 1)))
                .containsExactly(
                        new Stored(0, "á", value, "application/x-protobuf"),
                        new Stored(1, "b", null, null));
        assertThat(ports.read(new LogPartition(topic, 0))).isEmpty();
    }

    @Test
    void keepsTheOrderOfOneCall() throws Exception {
        String topic = ports.createTopic(1);
        List<LogAppend> records = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            records.add(new LogAppend(topic, 0, "same", ByteString.copyFromUtf8("v" + i)));
        }

        List<AppendOutcome> outcomes = ports.writer().append(records, soon());

        List<Stored> stored = ports.read(new LogPartition(topic, 0));
        for (int i = 0; i < records.size(); i++) {
            assertThat(outcomes.get(i)).isEqualTo(new Appended(i, null));
            assertThat(stored.get(i).value()).isEqualTo(ByteString.copyFromUtf8("v" + i));
        }
    }

    @Test
    void givesEveryRecordOfConcurrentCallsItsOwnOffset() throws Exception {
        String topic = ports.createTopic(1);
        List<Callable<List<AppendOutcome>>> calls = new ArrayList<>();
        for (int caller = 0; caller < 8; caller++) {
            String id = "caller-" + caller;
            List<LogAppend> own = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                own.add(new LogAppend(topic, 0, id, ByteString.copyFromUtf8("v" + i)));
            }
            calls.add(() -> ports.writer().append(own, soon()));
        }
        Set<Long> offsets = new HashSet<>();
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<List<AppendOutcome>> call : callers.invokeAll(calls)) {
                long last = -1;
                for (AppendOutcome outcome : call.get()) {
                    assertThat(outcome).isInstanceOf(Appended.class);
                    long offset = ((Appended) outcome).offset();
                    assertThat(offset).as("order within a call").isGreaterThan(last);
                    assertThat(offsets.add(offset)).as("offset %s given twice", offset).isTrue();
                    last = offset;
                }
            }
        }
        Map<String, Integer> next = new HashMap<>();
        for (Stored stored : ports.read(new LogPartition(topic, 0))) {
            int at = next.merge(stored.key(), 1, Integer::sum) - 1;
            assertThat(stored.value()).isEqualTo(ByteString.copyFromUtf8("v" + at));
        }
    }

    @Test
    void acknowledgesNothingForATopicThatDoesNotExist() throws Exception {
        long before = System.nanoTime();
        List<AppendOutcome> outcomes =
                ports.writer()
                        .append(
                                List.of(
                                        new LogAppend("vectron.none.0.1", 0, "a", null),
                                        new LogAppend("vectron.none.0.1", 0, "b", null)),
                                Deadline.after(300, TimeUnit.MILLISECONDS));
        assertThat(outcomes).hasSize(2).noneMatch(outcome -> outcome instanceof Appended);
        assertThat(System.nanoTime() - before).isLessThan(TimeUnit.SECONDS.toNanos(5));
    }

    @Test
    void acknowledgesNothingAfterTheDeadline() throws Exception {
        String topic = ports.createTopic(1);
        List<AppendOutcome> outcomes =
                ports.writer()
                        .append(
                                List.of(new LogAppend(topic, 0, "late", null)),
                                Deadline.after(0, TimeUnit.NANOSECONDS));
        assertThat(outcomes).hasSize(1);
        assertThat(append(new LogAppend(topic, 0, "next", null)))
                .allMatch(outcome -> outcome instanceof Appended);
        List<Stored> stored = ports.read(new LogPartition(topic, 0));
        assertThat(stored.getLast().key()).as("a write given up overtakes none").isEqualTo("next");
    }

    @Test
    void tellsTheEndOfEveryPartition() throws Exception {
        String topic = ports.createTopic(2);
        append(new LogAppend(topic, 1, "a", null), new LogAppend(topic, 1, "b", null));

        Map<LogPartition, CompletableFuture<Long>> ends =
                ports.ends().ends(Set.of(new LogPartition(topic, 0), new LogPartition(topic, 1)));

        assertThat(end(ends, new LogPartition(topic, 0))).isZero();
        assertThat(end(ends, new LogPartition(topic, 1))).isEqualTo(2);
    }

    @Test
    void aPartitionThatDoesNotExistFailsAlone() throws Exception {
        String topic = ports.createTopic(1);
        LogPartition known = new LogPartition(topic, 0);
        LogPartition unknown = new LogPartition("vectron.none.0.1", 0);

        Map<LogPartition, CompletableFuture<Long>> ends = ports.ends().ends(Set.of(known, unknown));

        assertThat(end(ends, known)).isZero();
        assertThatThrownBy(() -> end(ends, unknown)).hasCauseInstanceOf(Exception.class);
    }

    @Test
    void readsAStretchAndNothingElse() throws Exception {
        String topic = ports.createTopic(2);
        ByteString value = ByteString.copyFromUtf8("value");
        LogHeader twice = LogHeader.of("twice", "1");
        List<LogHeader> headers =
                List.of(twice, LogHeader.of("twice", "2"), new LogHeader("empty", null));
        append(
                new LogAppend(topic, 1, "before", value),
                new LogAppend(topic, 1, null, null, headers),
                new LogAppend(topic, 1, ByteString.EMPTY, value, List.of()),
                new LogAppend(topic, 1, "after", value));
        LogPartition partition = new LogPartition(topic, 1);

        try (LogSession session = ports.reader().open(Visibility.COMMITTED, soon())) {
            assertThat(session.partitions(topic)).isEqualTo(2);
            assertThat(session.span(partition)).isEqualTo(new LogSession.Span(0, 4));
            List<LogEntry> seen = new ArrayList<>();
            assertThat(session.scan(partition, 1, 3, MANY, seen::add)).isEqualTo(3);
            assertThat(seen).extracting(LogEntry::offset).containsExactly(1L, 2L);
            assertThat(seen.getFirst().key()).isNull();
            assertThat(seen.getFirst().value()).isNull();
            assertThat(seen.getFirst().headers()).isEqualTo(headers);
            assertThat(seen.getFirst().header("twice")).isEqualTo("2");
            assertThat(seen.getLast().key()).isEqualTo(ByteString.EMPTY);
            assertThat(seen.getLast().value()).isEqualTo(value);
            assertThat(Objects.requireNonNull(session.at(partition, 3)).key())
                    .isEqualTo(ByteString.copyFromUtf8("after"));
            assertThat(session.at(partition, 4)).isNull();
        }
    }

    @Test
    void aScanEndsAtItsLimitsAndSaysWhere() throws Exception {
        String topic = ports.createTopic(1);
        ByteString value = ByteString.copyFromUtf8("0123456789");
        for (int i = 0; i < 5; i++) {
            append(new LogAppend(topic, 0, "k", value));
        }
        LogPartition partition = new LogPartition(topic, 0);
        List<LogEntry> seen = new ArrayList<>();

        try (LogSession session = ports.reader().open(Visibility.COMMITTED, soon())) {
            Limits two = new Limits(2, 1 << 20);
            assertThat(session.scan(partition, 0, 5, two, seen::add)).isEqualTo(2);
            assertThat(seen).hasSize(2);
            Limits bytes = new Limits(100, 50);
            assertThat(session.scan(partition, 2, 5, bytes, seen::add)).isEqualTo(4);
            assertThat(session.scan(partition, 0, 5, MANY, entry -> entry.offset() < 2))
                    .as("the visitor has seen enough")
                    .isEqualTo(3);
            assertThat(session.scan(partition, 5, 5, MANY, seen::add)).isEqualTo(5);
        }
    }

    @Test
    void findsTheFirstRecordOfATime() throws Exception {
        String topic = ports.createTopic(1);
        append(new LogAppend(topic, 0, "k", null), new LogAppend(topic, 0, "k", null));
        LogPartition partition = new LogPartition(topic, 0);

        try (LogSession session = ports.reader().open(Visibility.COMMITTED, soon())) {
            assertThat(session.offsetAt(partition, Instant.EPOCH)).isZero();
            assertThat(session.offsetAt(partition, Instant.now().plusSeconds(3_600))).isEqualTo(2);
        }
    }

    @Test
    void aTopicThatDoesNotExistIsATypedError() {
        try (LogSession session =
                ports.reader().open(Visibility.COMMITTED, Deadline.after(2, TimeUnit.SECONDS))) {
            assertThatThrownBy(() -> session.span(new LogPartition("vectron.none.0.1", 0)))
                    .isInstanceOfSatisfying(
                            VectronException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.LOG_UNAVAILABLE));
        }
    }

    @Test
    void canBeReached() throws Exception {
        assertThat(ports.ends().reach().get(20, TimeUnit.SECONDS)).isPositive();
    }

    private static long end(Map<LogPartition, CompletableFuture<Long>> ends, LogPartition partition)
            throws Exception {
        return Objects.requireNonNull(ends.get(partition)).get(20, TimeUnit.SECONDS);
    }

    private List<AppendOutcome> append(LogAppend... records) throws InterruptedException {
        return ports.writer().append(List.of(records), soon());
    }

    private static Deadline soon() {
        return Deadline.after(20, TimeUnit.SECONDS);
    }
}
