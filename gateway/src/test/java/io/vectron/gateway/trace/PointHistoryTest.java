package io.vectron.gateway.trace;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.Deadline;
import io.vectron.gateway.fake.InMemoryLog;
import io.vectron.gateway.fresh.LogPartition;
import io.vectron.gateway.log.LogReader.Visibility;
import io.vectron.gateway.log.LogSession;
import io.vectron.gateway.log.LogSession.Limits;
import io.vectron.gateway.write.LogAppend;
import io.vectron.proto.v1.LoggedRecord;
import io.vectron.proto.v1.RecordKind;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PointHistoryTest {
    private static final String TOPIC = "vectron.films.00000000.1";
    private static final LogPartition PARTITION = new LogPartition(TOPIC, 0);
    private static final ByteString KEY = ByteString.copyFromUtf8("film");
    private static final Limits MANY = new Limits(100_000, 1 << 30);

    private final InMemoryLog log = new InMemoryLog();
    private final LogSession session;

    PointHistoryTest() {
        log.createTopic(TOPIC, 1);
        session = log.open(Visibility.COMMITTED, Deadline.after(20, TimeUnit.SECONDS));
    }

    @Test
    void tellsTheLatestFirstOverManyStretches() {
        write("film", 10); // 0
        fill(1_000);
        write("film", 20); // 1001
        fill(1_000);
        log.produce(new LogAppend(TOPIC, 0, "film", null)); // 2002
        fill(10);

        PointHistory history = read(10, MANY);

        assertThat(history.records().stream().map(LoggedRecord::getOffset))
                .containsExactly(2_002L, 1_001L, 0L);
        assertThat(history.records().stream().map(LoggedRecord::getValueBytes))
                .containsExactly(0L, 20L, 10L);
        assertThat(history.records().getFirst().getKind())
                .isEqualTo(RecordKind.RECORD_KIND_TOMBSTONE);
        assertThat(history.more()).isFalse();
        assertThat(history.readFrom()).isZero();
    }

    @Test
    void keepsTheLatestAndSaysThatThereAreMore() {
        for (int i = 0; i < 50; i++) {
            write("film", i + 1);
        }

        PointHistory history = read(3, MANY);

        assertThat(history.records().stream().map(LoggedRecord::getOffset))
                .containsExactly(49L, 48L, 47L);
        assertThat(history.more()).isTrue();
        assertThat(read(50, MANY).more()).isFalse();
        assertThat(read(50, MANY).records()).hasSize(50);
    }

    @Test
    void readsNoMoreThanItMayAndSaysWhereItBegan() {
        write("film", 1);
        fill(10_000);

        PointHistory history = read(10, new Limits(500, 1 << 20));

        assertThat(history.records()).isEmpty();
        assertThat(history.more()).isFalse();
        assertThat(history.readFrom())
                .as("stretches of 64, 128 and 256; of the next one not all could be read")
                .isEqualTo(10_001 - 64 - 128 - 256);
    }

    @Test
    void anEmptyPartitionHasNothing() {
        assertThat(read(10, MANY)).isEqualTo(new PointHistory(List.of(), false, 0));
    }

    private PointHistory read(int limit, Limits limits) {
        return PointHistory.of(session, PARTITION, KEY, limit, limits);
    }

    private void write(String id, int bytes) {
        log.produce(new LogAppend(TOPIC, 0, id, ByteString.copyFrom(new byte[bytes])));
    }

    private void fill(int records) {
        for (int i = 0; i < records; i++) {
            write("other-" + i, 1);
        }
    }
}
