package io.vectron.ingest.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectron.ingest.feed.Element;
import io.vectron.ingest.feed.ShardFeed;
import io.vectron.proto.log.v1.CollectionFacts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class LogPollerTest {
    private static final TopicPartition A = new TopicPartition("a", 0);
    private static final TopicPartition B = new TopicPartition("b", 0);

    private final FakeKafka kafka = new FakeKafka();
    private final Handover handover = new Handover();
    private final LogPoller poller =
            new LogPoller(
                    "log-poller-test", kafka.consumer(), handover, () -> {}, Duration.ofMillis(20));

    @AfterEach
    void close() {
        handover.close();
        poller.close();
    }

    @Test
    void aSplitIsReadFromItsPositionAndTellsWhereTheConsumerStands() throws Exception {
        append(A, 3);
        kafka.marker(A, 2);
        poller.start();
        SplitHandle handle = poller.add(split(A, 1));

        assertThat(take(Element.Opened.class))
                .isEqualTo(new Element.Opened(handle.split.feed(), 1, handle));
        assertThat(take(Element.Fetched.class).record().offset()).isEqualTo(1);
        assertThat(take(Element.Fetched.class).logEnd()).isEqualTo(5);
        assertThat(take(Element.Moved.class).position()).isEqualTo(5);
    }

    @Test
    void anAbortedTransactionMovesThePositionWithoutRecords() throws Exception {
        poller.start();
        poller.add(split(A, 0));
        take(Element.Opened.class);
        kafka.marker(A, 4);

        Element.Moved moved = take(Element.Moved.class);

        assertThat(moved.position()).isEqualTo(4);
        assertThat(moved.logEnd()).isEqualTo(4);
    }

    @Test
    void aPausedPartitionIsNotReadWhileAnotherIs() throws Exception {
        poller.start();
        SplitHandle a = poller.add(split(A, 0));
        poller.add(split(B, 0));
        take(Element.Opened.class);
        take(Element.Opened.class);
        a.pause();
        append(B, 1); // ends the poll that may have begun before the pause
        assertThat(take(Element.Fetched.class).feed().topic()).isEqualTo("b");
        take(Element.Moved.class);

        append(A, 1);
        append(B, 1);
        assertThat(take(Element.Fetched.class).feed().topic()).isEqualTo("b");
        take(Element.Moved.class);

        a.resume();
        assertThat(take(Element.Fetched.class).feed().topic()).isEqualTo("a");
    }

    @Test
    void aRewindReadsAgainUnderItsSession() throws Exception {
        append(A, 2);
        poller.start();
        SplitHandle handle = poller.add(split(A, 0));
        take(Element.Opened.class);
        take(Element.Fetched.class);
        take(Element.Fetched.class);
        take(Element.Moved.class);

        handle.rewind(1, 7);

        Element.Fetched again = take(Element.Fetched.class);
        assertThat(again.record().offset()).isEqualTo(1);
        assertThat(again.session()).isEqualTo(7);
        assertThat(take(Element.Moved.class).session()).isEqualTo(7);
    }

    @Test
    void aRemovedSplitIsClosedAndAnotherGoesOn() throws Exception {
        poller.start();
        SplitHandle a = poller.add(split(A, 0));
        poller.add(split(B, 0));
        take(Element.Opened.class);
        take(Element.Opened.class);

        a.stop();

        assertThat(take(Element.Closed.class).feed()).isEqualTo(a.split.feed());
        append(A, 1);
        append(B, 1);
        assertThat(take(Element.Fetched.class).feed().topic()).isEqualTo("b");
        assertThat(kafka.assigned()).containsExactly(B);
    }

    @Test
    void aPositionOutsideTheLogStopsThatPartitionAlone() throws Exception {
        append(A, 2);
        poller.start();
        poller.add(split(A, 9));
        poller.add(split(B, 0));
        append(B, 1);

        List<Element> seen = new ArrayList<>();
        while (seen.stream().noneMatch(Element.Fetched.class::isInstance)
                || seen.stream().noneMatch(Element.LogCut.class::isInstance)) {
            seen.add(next());
        }

        assertThat(seen)
                .filteredOn(Element.LogCut.class::isInstance)
                .singleElement()
                .matches(e -> e.feed().topic().equals("a"))
                .extracting("position", "epochEnd")
                .containsExactly(9L, -1L);
        assertThat(seen)
                .filteredOn(Element.Fetched.class::isInstance)
                .allMatch(e -> e.feed().topic().equals("b"));
    }

    @Test
    void aCorruptRecordHoldsUpItsOwnPartitionAloneAndIsNeverSkipped() throws Exception {
        append(A, 3);
        kafka.corrupt(A, 1);
        poller.start();
        poller.add(split(A, 0));
        assertThat(take(Element.Opened.class).feed().topic()).isEqualTo("a");
        assertThat(take(Element.Fetched.class).record().offset()).isZero();
        assertThat(take(Element.Moved.class).position()).isEqualTo(1);

        poller.add(split(B, 0));
        assertThat(take(Element.Opened.class).feed().topic()).isEqualTo("b");
        for (int i = 0; i < 5; i++) {
            append(B, 1);
            assertThat(take(Element.Fetched.class).feed().topic()).isEqualTo("b");
            assertThat(take(Element.Moved.class).position()).isEqualTo(i + 1);
        }
        assertThat(poller.corruptPartitions()).isEqualTo(1);

        kafka.mend();
        assertThat(take(Element.Fetched.class).record().offset()).isEqualTo(1);
        assertThat(take(Element.Fetched.class).record().offset()).isEqualTo(2);
        assertThat(take(Element.Moved.class).position()).isEqualTo(3);
        assertThat(poller.corruptPartitions()).isZero();
    }

    @Test
    void wishesReachAPartitionThatCannotBeRead() throws Exception {
        append(A, 3);
        kafka.corrupt(A, 1);
        poller.start();
        SplitHandle handle = poller.add(split(A, 1));
        take(Element.Opened.class);

        handle.rewind(0, 7);

        Element.Fetched again = take(Element.Fetched.class);
        assertThat(again.record().offset()).isZero();
        assertThat(again.session()).isEqualTo(7);
        take(Element.Moved.class);
        handle.stop();
        assertThat(take(Element.Closed.class).feed()).isEqualTo(handle.split.feed());
        assertThat(kafka.assigned()).isEmpty();
        assertThat(poller.corruptPartitions()).isZero();
    }

    private void append(TopicPartition partition, int records) {
        for (int i = 0; i < records; i++) {
            kafka.append(partition, new byte[] {1}, new byte[] {2});
        }
    }

    private <E extends Element> E take(Class<E> type) throws Exception {
        Element element = next();
        assertThat(element).isInstanceOf(type);
        return type.cast(element);
    }

    private Element next() throws Exception {
        while (true) {
            Element element = handover.next();
            if (element != null) {
                return element;
            }
            handover.available().get(Duration.ofSeconds(10).toSeconds(), TimeUnit.SECONDS);
        }
    }

    private static ShardSplit split(TopicPartition partition, long position) {
        CollectionFacts facts =
                CollectionFacts.newBuilder()
                        .setName(partition.topic())
                        .setTopic(partition.topic())
                        .setShards(1)
                        .build();
        return new ShardSplit(
                new ShardFeed(
                        facts, "id", partition.partition(), 1, "group-" + partition.topic(), 0),
                position,
                -1);
    }
}
