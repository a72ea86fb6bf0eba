package io.vectron.ingest.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectron.ingest.feed.ShardFeed;
import io.vectron.ingest.route.ShardView;
import io.vectron.ingest.route.ViewIndex;
import io.vectron.ingest.source.Assignments.Step;
import io.vectron.proto.log.v1.CatalogRecord;
import io.vectron.proto.log.v1.CaughtUp;
import io.vectron.proto.log.v1.CollectionFacts;
import io.vectron.proto.log.v1.CollectionState;
import io.vectron.proto.log.v1.Generation;
import io.vectron.proto.log.v1.HaltReason;
import io.vectron.proto.log.v1.ShardPlacement;
import io.vectron.proto.placement.v1.PlacedCollection;
import io.vectron.proto.placement.v1.View;
import io.vectron.proto.placement.v1.Worker;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AssignmentsTest {
    private static final CollectionState READY = CollectionState.COLLECTION_STATE_READY;

    private static final int EPOCH = 7;
    private static final long NOW_MS = 1_700_000_000_000L;

    private final Assignments assignments = new Assignments(2);

    @Test
    void aShardIsAskedOnceItsReaderIsThereAndAssignedWhereItStands() {
        assertThat(assignments.view(view(1, collection("words", READY, 1)))).isEmpty();
        int owner = Assignments.owner(feed("words", 0), 2);
        assertThat(assignments.readerAdded(1 - owner)).isEmpty();

        Step.Ask ask = asks(assignments.readerAdded(owner)).getFirst();
        List<Step> steps = answer(ask, 17);

        assertThat(steps)
                .containsExactly(
                        new Step.Assign(new ShardSplit(ask.shard().feed(), 17, EPOCH), owner));
        assertThat(assignments.due()).isEmpty();
        assertThat(assignments.published())
                .extracting(ShardView::feed)
                .containsExactly(feed("words", 0));
    }

    @Test
    void aSilentShardDelaysNobodyElse() {
        List<Step.Ask> asked = start(view(1, collection("words", READY, 3)));
        assertThat(asked).hasSize(3);

        // Shards 0 and 2 answer, 1 does not yet.
        assertThat(answer(asked.get(0), 5)).hasSize(1);
        assertThat(answer(asked.get(2), 6)).hasSize(1);
        assertThat(assignments.due()).as("still asked").isEmpty();

        assertThat(assignments.failed("words-1", asked.get(1).question(), "away")).hasSize(1);
        List<Step.Ask> again = asks(assignments.due());
        assertThat(again).extracting(a -> a.shard().feed().partition()).containsExactly(1);
        assertThat(assignments.failed("words-1", again.getFirst().question(), "away"))
                .as("the same problem is told once")
                .isEmpty();
    }

    @Test
    void aLateAnswerToAnOlderQuestionIsIgnored() {
        Step.Ask first = start(view(1, collection("words", READY, 1))).getFirst();
        assignments.failed("words-0", first.question(), "timeout");
        Step.Ask second = asks(assignments.due()).getFirst();

        assertThat(answer(first, 3)).isEmpty();
        assertThat(answer(second, 4)).hasSize(1);
        assertThat(answer(second, 4)).isEmpty();
    }

    @Test
    void aDeletedCollectionIsRemovedAndItsGroupForgottenWhenItIsGone() {
        Step.Ask ask = start(view(1, collection("words", READY, 1))).getFirst();
        answer(ask, 0);
        int owner = Assignments.owner(feed("words", 0), 2);

        CollectionState deleting = CollectionState.COLLECTION_STATE_DELETING;
        assertThat(assignments.view(view(2, collection("words", deleting, 1))))
                .containsExactly(new Step.Remove("words-0", owner));
        assertThat(assignments.view(view(3))).containsExactly(new Step.Forget("words"));
        assertThat(answer(ask, 0)).isEmpty();
    }

    @Test
    void aCollectionThatIsBeingMadeIsNotAskedYet() {
        CollectionState creating = CollectionState.COLLECTION_STATE_CREATING;
        assertThat(start(view(1, collection("words", creating, 1)))).isEmpty();
        assertThat(assignments.view(view(2, collection("words", READY, 1)))).hasSize(1);
    }

    @Test
    void whatALostReaderHadIsAskedAgainWhenItIsBack() {
        List<Step.Ask> asked = start(view(1, collection("words", READY, 2)));
        asked.forEach(ask -> answer(ask, 0));
        int lost = Assignments.owner(feed("words", 1), 2);

        assignments.readerLost(lost);
        assertThat(assignments.due()).as("no reader to assign to").isEmpty();

        assertThat(asks(assignments.readerAdded(lost)))
                .extracting(ask -> ask.shard().feed())
                .containsExactly(feed("words", 1));
    }

    @Test
    void anAnswerForAReaderLostMeanwhileIsAskedAgain() {
        Step.Ask ask = start(view(1, collection("words", READY, 1))).getFirst();
        int owner = Assignments.owner(feed("words", 0), 2);
        assignments.readerLost(owner);

        assertThat(answer(ask, 9)).isEmpty();
        assertThat(asks(assignments.readerAdded(owner))).hasSize(1);
    }

    @Test
    void aShardOfAnotherTopicIsNotAssigned() {
        Step.Ask ask = start(view(1, collection("words", READY, 1))).getFirst();

        assertThat(
                        assignments.answered(
                                "words-0",
                                ask.question(),
                                new ShardPlace("stranger", 0, EPOCH, 0, 0, 0),
                                look(0, 0)))
                .singleElement()
                .isInstanceOf(Step.Problem.class);
        assertThat(assignments.assigned()).isZero();
    }

    @Test
    void aShardWhoseLogIsNotThereWaits() {
        Step.Ask ask = start(view(1, collection("words", READY, 1))).getFirst();

        assertThat(assignments.answered("words-0", ask.question(), place(3), null))
                .singleElement()
                .isInstanceOf(Step.Problem.class);
        assertThat(asks(assignments.due())).hasSize(1);
    }

    @Test
    void aShardThatMustStopIsToldSoUntilItSaysSoItself() {
        Step.Ask ask = start(view(1, collection("words", READY, 1))).getFirst();
        for (int i = 0; i < 2; i++) {
            List<Step> steps =
                    assignments.answered("words-0", ask.question(), place(3), look(4, 100));
            assertThat(steps).filteredOn(Step.Assign.class::isInstance).isEmpty();
            assertThat(steps)
                    .filteredOn(Step.Report.class::isInstance)
                    .singleElement()
                    .extracting(step -> ((Step.Report) step).halt().getReason())
                    .isEqualTo(HaltReason.HALT_REASON_BELOW_START);
            assertThat(assignments.halted()).isZero();
            ask = asks(assignments.due()).getFirst();
        }

        assertThat(assignments.halted("words-0", ask.question(), "LOG_DIVERGED"))
                .singleElement()
                .isInstanceOf(Step.Problem.class);

        assertThat(assignments.halted()).isEqualTo(1);
        assertThat(assignments.assigned()).isZero();
        Step.Ask later = asks(assignments.due()).getFirst();
        assertThat(assignments.halted("words-0", later.question(), "LOG_DIVERGED"))
                .as("told once")
                .isEmpty();
    }

    @Test
    void whatAReaderMetDecidesWhenTheShardHasSaidWhereItStands() {
        Step.Ask ask = start(view(1, collection("words", READY, 1))).getFirst();
        answer(ask, 50);

        Step.Ask again = asks(assignments.cut(new LogWasCut("words-0", 60, -1))).getFirst();
        assertThat(answer(again, 50))
                .as("read ahead of the shard, and lost since: read again")
                .singleElement()
                .isInstanceOf(Step.Assign.class);

        Step.Ask third = asks(assignments.cut(new LogWasCut("words-0", 50, -1))).getFirst();
        assertThat(answer(third, 50))
                .filteredOn(Step.Report.class::isInstance)
                .singleElement()
                .extracting(step -> ((Step.Report) step).halt().getReason())
                .isEqualTo(HaltReason.HALT_REASON_OTHER_EPOCH);
    }

    @Test
    void aTopicMadeAnewUnderARunningFeedStopsItsShard() {
        answer(start(view(1, collection("words", READY, 1))).getFirst(), 50);

        List<Step> steps =
                assignments.watched(
                        Map.of("words-0", place(50)),
                        Map.of("words-0", new LogLook("another", 0, 90, 100_000)));

        assertThat(steps)
                .filteredOn(Step.Report.class::isInstance)
                .singleElement()
                .extracting(step -> ((Step.Report) step).halt().getReason())
                .isEqualTo(HaltReason.HALT_REASON_OTHER_TOPIC);
    }

    @Test
    void aShardAtTheEndIsToldSoNowAndThen() {
        answer(start(view(1, collection("words", READY, 1))).getFirst(), 50);
        ShardPlace shortly = new ShardPlace("topic-id-words", 50, EPOCH, NOW_MS, NOW_MS + 4_999, 0);
        assertThat(watch(shortly, look(0, 50))).isEmpty();

        ShardPlace longer = new ShardPlace("topic-id-words", 50, EPOCH, NOW_MS, NOW_MS + 5_000, 0);
        assertThat(watch(longer, look(0, 50)))
                .containsExactly(
                        new Step.Tell(
                                feed("words", 0),
                                CaughtUp.newBuilder()
                                        .setPosition(50)
                                        .setAtMs(NOW_MS + 5_000)
                                        .build()));
    }

    private List<Step> watch(ShardPlace place, LogLook look) {
        return assignments.watched(Map.of("words-0", place), Map.of("words-0", look));
    }

    @Test
    void partitionsSpreadOverAllReaders() {
        assertThat(IntStream.range(0, 8).map(p -> Assignments.owner(feed("words", p), 4)))
                .containsOnly(0, 1, 2, 3);
    }

    private List<Step.Ask> start(ViewIndex view) {
        assignments.readerAdded(0);
        assignments.readerAdded(1);
        return asks(assignments.view(view));
    }

    private List<Step> answer(Step.Ask ask, long position) {
        return assignments.answered(
                ask.shard().feed().group(), ask.question(), place(position), look(0, 100));
    }

    private static ShardPlace place(long position) {
        return new ShardPlace("topic-id-words", position, EPOCH, NOW_MS, NOW_MS, 0);
    }

    private static LogLook look(long start, long end) {
        return new LogLook("topic-id-words", start, end, 100_000);
    }

    private static List<Step.Ask> asks(List<Step> steps) {
        return steps.stream()
                .filter(Step.Ask.class::isInstance)
                .map(Step.Ask.class::cast)
                .sorted(Comparator.comparingInt(ask -> ask.shard().feed().partition()))
                .toList();
    }

    private static ViewIndex view(long version, PlacedCollection... collections) {
        return ViewIndex.of(
                View.newBuilder()
                        .setVersion(version)
                        .addAllCollections(List.of(collections))
                        .addWorkers(Worker.newBuilder().setId("w").setHost("h").setPort(1))
                        .build());
    }

    private static PlacedCollection collection(String name, CollectionState state, int shards) {
        Generation.Builder generation = Generation.newBuilder().setNumber(1).setActive(true);
        for (int i = 0; i < shards; i++) {
            generation.addShards(
                    ShardPlacement.newBuilder()
                            .setShard(i)
                            .setGroup(name + "-" + i)
                            .addMembers("w"));
        }
        return PlacedCollection.newBuilder()
                .setRecord(
                        CatalogRecord.newBuilder()
                                .setFacts(facts(name))
                                .setTopicId("topic-id-" + name)
                                .setState(state)
                                .addGenerations(generation))
                .build();
    }

    private static CollectionFacts facts(String name) {
        return CollectionFacts.newBuilder()
                .setName(name)
                .setShards(8)
                .setTopic("vectron." + name)
                .build();
    }

    private static ShardFeed feed(String name, int partition) {
        return new ShardFeed(
                facts(name), "topic-id-" + name, partition, 1, name + "-" + partition, 0);
    }
}
