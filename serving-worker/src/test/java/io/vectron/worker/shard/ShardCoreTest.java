package io.vectron.worker.shard;

import static io.vectron.worker.shard.Entries.EPOCH;
import static io.vectron.worker.shard.Entries.STAMP_MS;
import static io.vectron.worker.shard.Entries.batch;
import static io.vectron.worker.shard.Entries.delete;
import static io.vectron.worker.shard.Entries.entry;
import static io.vectron.worker.shard.Entries.upsert;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.vectron.common.digest.Digest;
import io.vectron.common.digest.DigestPoints;
import io.vectron.index.sealed.Pace;
import io.vectron.proto.log.v1.ApplyBatch;
import io.vectron.proto.log.v1.DigestVote;
import io.vectron.proto.log.v1.LogRecord;
import io.vectron.proto.log.v1.Metric;
import io.vectron.proto.log.v1.ShardEntry;
import io.vectron.replication.RaftPosition;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ShardCoreTest {
    private final InMemoryPointStore store = new InMemoryPointStore();
    private final InMemoryPointIndex index = new InMemoryPointIndex();
    private ShardCore core;
    private long raftIndex;

    @BeforeEach
    void open() throws IOException {
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

    @Test
    void aBatchMovesRowsStateAndWatermarkTogether() throws IOException {
        assertThat(apply(batch(0, 5, upsert(1, "a", 1, 2), upsert(4, "b", 3, 4))))
                .isEqualTo(applied(5));
        assertThat(index.position()).isEqualTo(5);
        assertThat(index.visible()).isEqualTo(Map.of("a", 1L, "b", 4L));
        assertThat(core.state().rows()).isEqualTo(2);
        try (PointView view = store.view()) {
            assertThat(view.state()).isEqualTo(core.state());
            assertThat(DigestCheck.of(view).matches()).isTrue();
        }
    }

    @Test
    void anEmptyBatchMovesThePosition() throws IOException {
        assertThat(apply(batch(0, 9))).isEqualTo(applied(9));
        assertThat(index.position()).isEqualTo(9);
    }

    @Test
    void aBatchThatWasAppliedIsAcknowledgedAgain() throws IOException {
        apply(batch(0, 3, upsert(0, "a", 1, 1)));
        assertThat(apply(batch(0, 3, upsert(0, "a", 9, 9)))).isEqualTo(applied(3));
        assertThat(apply(batch(0, 2))).isEqualTo(applied(3));
        assertThat(index.search(new float[] {1, 1}, 1).getFirst().squaredDistance()).isZero();
    }

    @Test
    void ofAnOverlapOnlyTheNewPartIsApplied() throws IOException {
        apply(batch(0, 3, upsert(0, "a", 1, 1), upsert(1, "b", 1, 1), delete(2, "a")));
        assertThat(
                        apply(
                                batch(
                                        0,
                                        4,
                                        upsert(0, "a", 1, 1),
                                        upsert(1, "b", 1, 1),
                                        delete(2, "a"),
                                        upsert(3, "c", 1, 1))))
                .isEqualTo(applied(4));
        assertThat(index.visible()).isEqualTo(Map.of("b", 1L, "c", 3L));
    }

    @Test
    void aGapIsRefused() throws IOException {
        apply(batch(0, 3));
        assertThat(apply(batch(4, 5, upsert(4, "a", 1, 1)))).isEqualTo(new ApplyResult.Gap(3));
        assertThat(index.visible()).isEmpty();
        assertThat(core.state().position()).isEqualTo(3);
    }

    @Test
    void theEpochIsJudgedBeforeTheTopicAndTheTopicBeforeThePosition() throws IOException {
        apply(batch(0, 3));
        ApplyBatch bothWrong =
                batch(9, 10).toBuilder().setEpoch(EPOCH - 1).setTopicId("other").build();
        assertThat(apply(bothWrong)).isEqualTo(new ApplyResult.StaleEpoch(EPOCH));
        assertThat(apply(bothWrong.toBuilder().setEpoch(EPOCH).build()))
                .isEqualTo(new ApplyResult.WrongTopic(Entries.TOPIC_ID));
        assertThat(apply(batch(0, 1).toBuilder().setTopicId("other").build()))
                .isEqualTo(new ApplyResult.WrongTopic(Entries.TOPIC_ID));
    }

    @Test
    void aNewEpochFencesSendersOfTheOldOne() throws IOException {
        assertThat(apply(entry(EPOCH + 2))).isEqualTo(new ApplyResult.EpochIs(EPOCH + 2));
        assertThat(apply(batch(0, 1))).isEqualTo(new ApplyResult.StaleEpoch(EPOCH + 2));
        assertThat(apply(entry(EPOCH))).isEqualTo(new ApplyResult.EpochIs(EPOCH + 2));
        assertThat(apply(batch(0, 1).toBuilder().setEpoch(EPOCH + 3).build()))
                .isEqualTo(applied(1));
    }

    @Test
    void anEntryAppliedBeforeIsAnsweredFromTheState() throws IOException {
        RaftPosition first = new RaftPosition(1, 0);
        core.apply(first, entry(batch(0, 3, upsert(0, "a", 1, 1))));
        assertThat(core.apply(first, entry(batch(0, 3, upsert(0, "a", 9, 9)))))
                .isEqualTo(applied(3));
        assertThat(core.apply(first, entry(batch(3, 4)))).isEqualTo(new ApplyResult.Gap(3));
        assertThat(core.apply(first, entry(EPOCH + 1))).isEqualTo(new ApplyResult.EpochIs(EPOCH));
    }

    @Test
    void ofSeveralRecordsOfAnIdTheLastOneCounts() throws IOException {
        apply(
                batch(
                        0,
                        6,
                        upsert(0, "a", 1, 1),
                        delete(1, "a"),
                        upsert(2, "b", 1, 1),
                        upsert(3, "a", 2, 2),
                        delete(4, "b"),
                        delete(5, "never")));
        assertThat(index.visible()).isEqualTo(Map.of("a", 3L));
        assertThat(core.state().rows()).isEqualTo(1);
    }

    @Test
    void aRowNewerThanTheRecordStays() throws IOException {
        apply(batch(0, 3, upsert(2, "a", 1, 1)));
        // Unreachable by the rules: a store that is ahead of its own position.
        ShardState behind = core.state().moved(new ShardState.LogPlace(1, -1, 0, 0), 1);
        store.write(new StoreWrite(List.of(), behind, digest()));
        InMemoryPointIndex fresh = new InMemoryPointIndex();
        ShardCore reopened = ShardCore.open(Entries.facts(), store, fresh);
        reopened.apply(new RaftPosition(1, 9), entry(batch(1, 3, delete(1, "a"))));
        assertThat(store.marks(List.of("a")).values())
                .extracting(RowMark::version)
                .containsExactly(2L);
    }

    private Digest digest() throws IOException {
        try (PointView view = store.view()) {
            return view.digest();
        }
    }

    @Test
    void theTimeOfBeingCaughtUpIsTheEntrysStamp() throws IOException {
        apply(batch(0, 3).toBuilder().setLogEnd(4).build());
        assertThat(core.state().log().caughtUpAtMs()).isZero();
        apply(batch(3, 4));
        assertThat(core.state().log().caughtUpAtMs()).isZero();
        apply(batch(4, 6).toBuilder().setLogEnd(6).build());
        assertThat(core.state().log().caughtUpAtMs()).isEqualTo(STAMP_MS);
    }

    @Test
    void whatASenderMayNotSendIsInvalidAndChangesNothing() throws IOException {
        apply(batch(0, 3));
        LogRecord noEffect = LogRecord.newBuilder().setOffset(3).setId(id("a")).build();
        LogRecord garbage =
                noEffect.toBuilder().setPoint(ByteString.copyFromUtf8("\u0001")).build();
        LogRecord badId = upsert(3, "a", 1, 1).toBuilder().setId(ByteString.EMPTY).build();
        LogRecord brokenId =
                upsert(3, "a", 1, 1).toBuilder()
                        .setId(ByteString.copyFrom(new byte[] {(byte) 0xC3}))
                        .build();
        for (ApplyBatch bad :
                List.of(
                        batch(3, 5, noEffect),
                        batch(3, 5, garbage),
                        batch(3, 5, badId),
                        batch(3, 5, brokenId),
                        batch(3, 5, upsert(3, "x".repeat(513), 1, 1)),
                        batch(3, 5, upsert(3, "a", 1, 1, 1)),
                        batch(3, 5, upsert(3, "a", Float.NaN, 1)),
                        batch(3, 5, upsert(5, "a", 1, 1)),
                        batch(3, 5, upsert(4, "a", 1, 1), upsert(4, "b", 1, 1)),
                        batch(2, 5, upsert(1, "a", 1, 1)),
                        batch(-1, 5),
                        batch(3, 5).toBuilder().setPartition(0).build(),
                        batch(0, 1).toBuilder().setGroup("another").build())) {
            assertThat(apply(bad)).as("%s", bad).isInstanceOf(ApplyResult.Invalid.class);
        }
        assertThat(apply(ShardEntry.getDefaultInstance())).isInstanceOf(ApplyResult.Invalid.class);
        assertThat(core.state().position()).isEqualTo(3);
        assertThat(index.visible()).isEmpty();
    }

    private static ByteString id(String id) {
        return ByteString.copyFromUtf8(id);
    }

    @Test
    void aZeroVectorIsInvalidUnderCosineOnly() throws IOException {
        ShardCore cosine =
                ShardCore.open(
                        Entries.facts(Metric.METRIC_COSINE, 2),
                        new InMemoryPointStore(),
                        new InMemoryPointIndex());
        ShardEntry zero = entry(batch(0, 1, upsert(0, "a", 0, 0)));
        assertThat(cosine.apply(new RaftPosition(1, 0), zero))
                .isInstanceOf(ApplyResult.Invalid.class);
        assertThat(apply(zero)).isEqualTo(applied(1));
    }

    @Test
    void aCutIsMadeOnceItsPositionIsReached() throws IOException {
        apply(batch(0, 2, upsert(0, "a", 1, 1), upsert(1, "b", 1, 1)));
        assertThat(apply(Entries.seal(3))).isInstanceOf(ApplyResult.Invalid.class);
        index.seal();
        assertThat(index.restoreFrom()).isZero();
        assertThat(apply(Entries.seal(1))).isEqualTo(new ApplyResult.Sealed(2));
        index.seal();
        assertThat(index.restoreFrom()).isEqualTo(2);
        assertThat(index.visible()).isEqualTo(Map.of("a", 0L, "b", 1L));
        assertThat(core.state().position()).isEqualTo(2);
    }

    @Test
    void aCutAppliedAgainAfterACrashFindsItsRowsSealed() throws IOException {
        InMemoryPointIndex.Files files = new InMemoryPointIndex.Files();
        InMemoryPointIndex before = new InMemoryPointIndex(files);
        ShardCore crashing = ShardCore.open(Entries.facts(), store, before);
        RaftPosition sealed = new RaftPosition(1, 1);
        crashing.apply(new RaftPosition(1, 0), entry(batch(0, 2, upsert(0, "a", 1, 1))));
        crashing.apply(sealed, Entries.seal(2));
        store.makeDurable();
        before.seal();

        InMemoryPointStore left = store.afterCrash();
        InMemoryPointIndex after = new InMemoryPointIndex(files);
        ShardCore replayed = ShardCore.open(Entries.facts(), left, after);
        assertThat(replayed.state().applied().isAfter(sealed)).isFalse();
        assertThat(replayed.state().applied()).isNotEqualTo(sealed);
        assertThat(replayed.apply(sealed, Entries.seal(2))).isEqualTo(new ApplyResult.Sealed(2));
        assertThat(replayed.apply(sealed, Entries.seal(2))).isEqualTo(new ApplyResult.Sealed(2));
        after.seal();
        assertThat(after.restoreFrom()).isEqualTo(1);
        assertThat(after.visible()).isEqualTo(Map.of("a", 0L));
    }

    @Test
    void aStartRestoresWhatTheIndexLacksOnly() throws IOException {
        apply(
                batch(
                        0,
                        4,
                        upsert(0, "a", 1, 1),
                        upsert(1, "b", 1, 1),
                        upsert(2, "c", 1, 1),
                        upsert(3, "d", 1, 1)));
        InMemoryPointIndex.Files files = new InMemoryPointIndex.Files();
        InMemoryPointIndex second = new InMemoryPointIndex(files);
        ShardCore reopened = ShardCore.open(Entries.facts(), store, second);
        second.cut();
        second.seal();
        store.forgetRecent(second.restoreFrom());
        ShardEntry updates = entry(batch(4, 7, upsert(4, "a", 2, 2), delete(5, "b")));
        reopened.apply(new RaftPosition(1, 9), updates);

        InMemoryPointIndex third = new InMemoryPointIndex(files);
        assertThat(third.restoreFrom()).isEqualTo(4);
        ShardCore again = ShardCore.open(Entries.facts(), store, third);
        assertThat(third.visible()).isEqualTo(Map.of("a", 4L, "c", 2L, "d", 3L));
        ShardEntry more = entry(batch(7, 10, upsert(7, "c", 2, 2), delete(8, "d"), delete(9, "a")));
        again.apply(new RaftPosition(1, 10), more);
        assertThat(third.visible()).isEqualTo(Map.of("c", 7L));
    }

    @Test
    void whatWasForgottenAndCameBackIsForgottenAgain() throws IOException {
        apply(batch(0, 2, upsert(0, "a", 1, 1), upsert(1, "b", 1, 1)));
        InMemoryPointIndex.Files files = new InMemoryPointIndex.Files();
        InMemoryPointIndex second = new InMemoryPointIndex(files);
        ShardCore.open(Entries.facts(), store, second);
        second.cut();
        second.seal();
        ShardCore.open(Entries.facts(), store, new InMemoryPointIndex(files));
        List<StoredRow> recent = new ArrayList<>();
        try (PointView view = store.view()) {
            view.recent(0, recent::add);
        }
        assertThat(recent).isEmpty();
    }

    @Test
    void anIndexThatIsAheadOfItsStoreIsRefused() throws IOException {
        InMemoryPointIndex.Files files = new InMemoryPointIndex.Files();
        InMemoryPointIndex ahead = new InMemoryPointIndex(files);
        ahead.upsert("a", 2, new float[] {1, 1}, PointIndex.NONE);
        ahead.publish(3);
        ahead.cut();
        ahead.seal();
        assertThatThrownBy(
                        () -> ShardCore.open(Entries.facts(), store, new InMemoryPointIndex(files)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("up to 3")
                .hasMessageContaining("at 0");
    }

    @Test
    void aStoreOfAnotherShardIsRefused() {
        ShardFacts other =
                new ShardFacts(
                        Entries.GROUP,
                        Entries.collection(Metric.METRIC_EUCLIDEAN, 2),
                        "another topic",
                        Entries.PARTITION,
                        1,
                        EPOCH);
        assertThatThrownBy(() -> ShardCore.open(other, store, new InMemoryPointIndex()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("another shard");
    }

    @Test
    void aRowRemovedBehindTheBackIsFoundByTheDigest() throws IOException {
        apply(batch(0, 2, upsert(0, "a", 1, 1), upsert(1, "b", 1, 1)));
        store.removeBehindTheBack("a");
        try (PointView view = store.view()) {
            DigestCheck check = DigestCheck.of(view);
            assertThat(check.matches()).isFalse();
            assertThat(check.describe()).startsWith("DIGEST_MISMATCH").contains("2 rows", "1 rows");
        }
    }

    @Test
    void digestsAreNotedAtDigestPointsAlsoByAReplay() throws IOException {
        long point = DigestPoints.EVERY;
        apply(batch(0, point + 5, upsert(7, "a", 1, 1), upsert(point - 1, "b", 1, 1)));
        DigestVotes.Noted noted = core.noted();
        assertThat(noted).isNotNull().returns(point, DigestVotes.Noted::position);

        ShardCore replay =
                ShardCore.open(Entries.facts(), new InMemoryPointStore(), new InMemoryPointIndex());
        ApplyBatch first = batch(0, 20, upsert(7, "a", 1, 1));
        ApplyBatch second = batch(20, point, upsert(point - 1, "b", 1, 1));
        ApplyBatch third = batch(point, point + 9, upsert(point + 2, "c", 1, 1));
        replay.apply(new RaftPosition(1, 0), entry(first));
        assertThat(replay.noted()).isNull();
        replay.apply(new RaftPosition(1, 1), entry(second));
        replay.apply(new RaftPosition(1, 2), entry(third));
        assertThat(replay.noted()).isEqualTo(noted);
    }

    @Test
    void aVoteWithoutSenseIsRefused() throws IOException {
        DigestVote vote = DigestVote.newBuilder().setMember("w1").setVoters(3).build();
        ShardEntry entry = ShardEntry.newBuilder().setDigestVote(vote).build();
        assertThat(core.apply(new RaftPosition(9, 9), entry))
                .isInstanceOf(ApplyResult.Invalid.class);
    }

    @Test
    void aDigestThatIsNoLongerWantedIsNotComputed() throws Exception {
        apply(batch(0, 2, upsert(0, "a", 1, 1), upsert(1, "b", 1, 1)));
        int[] asked = new int[1];
        try (PointView view = store.view()) {
            Pace two =
                    bytes -> {
                        if (++asked[0] == 2) {
                            throw new InterruptedException();
                        }
                    };
            assertThatThrownBy(() -> DigestCheck.of(view, two))
                    .isInstanceOf(InterruptedException.class);
            assertThat(asked[0]).isEqualTo(2);
            assertThat(DigestCheck.of(view, Pace.unbounded())).matches(DigestCheck::matches);
        }
    }
}
