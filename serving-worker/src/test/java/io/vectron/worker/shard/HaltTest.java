package io.vectron.worker.shard;

import static io.vectron.worker.shard.Entries.EPOCH;
import static io.vectron.worker.shard.Entries.STAMP_MS;
import static io.vectron.worker.shard.Entries.batch;
import static io.vectron.worker.shard.Entries.entry;
import static io.vectron.worker.shard.Entries.upsert;
import static org.assertj.core.api.Assertions.assertThat;

import io.vectron.proto.log.v1.ApplyBatch;
import io.vectron.proto.log.v1.CaughtUp;
import io.vectron.proto.log.v1.Halt;
import io.vectron.proto.log.v1.HaltReason;
import io.vectron.proto.log.v1.ShardEntry;
import io.vectron.replication.RaftPosition;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a shard is told of its log. */
class HaltTest {
    private final InMemoryPointStore store = new InMemoryPointStore();
    private final InMemoryPointIndex index = new InMemoryPointIndex();
    private final ShardCore core;
    private long raftIndex = 1;

    HaltTest() throws IOException {
        core = ShardCore.open(Entries.facts(), store, index);
    }

    private ApplyResult apply(ApplyBatch batch) throws IOException {
        return apply(entry(batch));
    }

    private ApplyResult apply(ShardEntry entry) throws IOException {
        return core.apply(new RaftPosition(1, raftIndex++), entry);
    }

    private static ApplyResult applied(long position) {
        return new ApplyResult.Applied(position);
    }

    private ApplyResult halt(HaltReason reason, long position) throws IOException {
        return apply(
                ShardEntry.newBuilder()
                        .setStampedAtMs(STAMP_MS)
                        .setHalt(Halt.newBuilder().setReason(reason).setPosition(position))
                        .build());
    }

    @Test
    void aHaltedShardAppliesNothingMoreAndKeepsWhatItHas() throws IOException {
        apply(batch(0, 5, upsert(1, "a", 1, 2)));

        ApplyResult halted = halt(HaltReason.HALT_REASON_BEYOND_END, 5);

        assertThat(halted).isInstanceOf(ApplyResult.Halted.class);
        assertThat(apply(batch(5, 6, upsert(5, "b", 1, 1)))).isEqualTo(halted);
        assertThat(apply(batch(7, 8))).as("no gap to be filled").isEqualTo(halted);
        assertThat(apply(batch(0, 5))).as("applied before").isEqualTo(applied(5));
        assertThat(index.visible()).isEqualTo(Map.of("a", 1L));
        assertThat(core.state().position()).isEqualTo(5);
        assertThat(Objects.requireNonNull(core.state().halt()).getSinceMs()).isEqualTo(STAMP_MS);
        assertThat(apply(entry(EPOCH + 1))).isEqualTo(new ApplyResult.EpochIs(EPOCH + 1));

        ShardCore reopened = ShardCore.open(Entries.facts(), store, new InMemoryPointIndex());
        assertThat(reopened.state()).isEqualTo(core.state());
        assertThat(reopened.apply(new RaftPosition(2, 99), entry(batch(5, 6))))
                .isInstanceOf(ApplyResult.StaleEpoch.class);
    }

    @Test
    void theFirstHaltCounts() throws IOException {
        apply(batch(0, 5));
        ApplyResult first = halt(HaltReason.HALT_REASON_OTHER_TOPIC, 5);
        assertThat(halt(HaltReason.HALT_REASON_OUTDATED, 5)).isEqualTo(first);
    }

    @ParameterizedTest
    @CsvSource({
        "HALT_REASON_BEYOND_END, 6, false",
        "HALT_REASON_BEYOND_END, 5, true",
        "HALT_REASON_BEYOND_END, 4, true",
        "HALT_REASON_OTHER_EPOCH, 6, false",
        "HALT_REASON_OTHER_EPOCH, 5, true",
        "HALT_REASON_BELOW_START, 4, false",
        "HALT_REASON_BELOW_START, 5, true",
        "HALT_REASON_BELOW_START, 6, false",
        "HALT_REASON_OUTDATED, 4, false",
        "HALT_REASON_OUTDATED, 5, true",
        "HALT_REASON_OTHER_TOPIC, 0, true"
    })
    void aHaltThatThePositionDoesNotBearOutChangesNothing(
            HaltReason reason, long position, boolean halts) throws IOException {
        apply(batch(0, 5));

        ApplyResult told = halt(reason, position);

        assertThat(told instanceof ApplyResult.Halted).isEqualTo(halts);
        assertThat(core.state().halt() != null).isEqualTo(halts);
        assertThat(apply(batch(5, 6)).equals(applied(6))).isEqualTo(!halts);
    }

    @Test
    void aHaltWithoutSenseIsRefused() throws IOException {
        assertThat(halt(HaltReason.HALT_REASON_UNSPECIFIED, 0))
                .isInstanceOf(ApplyResult.Invalid.class);
        assertThat(halt(HaltReason.HALT_REASON_BEYOND_END, -1))
                .isInstanceOf(ApplyResult.Invalid.class);
        assertThat(core.state().halt()).isNull();
    }

    private ApplyResult caughtUp(long position, long atMs) throws IOException {
        return apply(
                ShardEntry.newBuilder()
                        .setStampedAtMs(STAMP_MS)
                        .setCaughtUp(CaughtUp.newBuilder().setPosition(position).setAtMs(atMs))
                        .build());
    }

    @Test
    void theMomentOfBeingAtTheEndIsKeptWithoutABatch() throws IOException {
        apply(batch(0, 5));
        assertThat(core.state().log().completeAtMs()).as("begun").isEqualTo(STAMP_MS);

        assertThat(caughtUp(6, STAMP_MS + 9)).isEqualTo(new ApplyResult.GoesOn(5));
        assertThat(core.state().log().completeAtMs()).as("not there").isEqualTo(STAMP_MS);
        caughtUp(5, STAMP_MS + 7);
        caughtUp(4, STAMP_MS + 5);
        assertThat(core.state().log().completeAtMs()).isEqualTo(STAMP_MS + 7);
        assertThat(caughtUp(-1, 5)).isInstanceOf(ApplyResult.Invalid.class);

        ShardCore reopened = ShardCore.open(Entries.facts(), store, new InMemoryPointIndex());
        assertThat(reopened.state().log()).isEqualTo(core.state().log());
    }

    @Test
    void theLeaderEpochIsTheLastRecords() throws IOException {
        apply(batch(0, 5).toBuilder().setLeaderEpoch(3).build());
        assertThat(core.state().log().leaderEpoch()).isEqualTo(3);
        apply(batch(5, 6));
        assertThat(core.state().log().leaderEpoch()).isEqualTo(ShardState.LogPlace.NO_EPOCH);
    }

    @Test
    void aShardMayBeginLaterInItsLog() throws IOException {
        ShardFacts whole = Entries.facts();
        ShardFacts later =
                new ShardFacts(
                        whole.group(),
                        whole.collection(),
                        whole.topicId(),
                        whole.partition(),
                        whole.generation(),
                        whole.firstEpoch(),
                        40);
        ShardCore begun = ShardCore.open(later, new InMemoryPointStore(), index);
        assertThat(index.position()).isEqualTo(40);
        assertThat(begun.apply(new RaftPosition(1, 1), entry(batch(41, 42))))
                .isEqualTo(new ApplyResult.Gap(40));
        assertThat(begun.apply(new RaftPosition(1, 2), entry(batch(40, 42))))
                .isEqualTo(applied(42));
    }
}
