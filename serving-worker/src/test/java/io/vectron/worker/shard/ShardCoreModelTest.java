package io.vectron.worker.shard;

import static io.vectron.worker.shard.Entries.EPOCH;
import static io.vectron.worker.shard.Entries.batch;
import static io.vectron.worker.shard.Entries.delete;
import static io.vectron.worker.shard.Entries.entry;
import static io.vectron.worker.shard.Entries.upsert;
import static org.assertj.core.api.Assertions.assertThat;

import io.vectron.common.digest.Digest;
import io.vectron.proto.log.v1.ApplyBatch;
import io.vectron.proto.log.v1.LogRecord;
import io.vectron.proto.log.v1.ShardEntry;
import io.vectron.replication.RaftPosition;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random batches of one Kafka log, in order, again, overlapping, with gaps, under old epochs; with
 * crashes, after which the Raft log is replayed from what the store still knows. At every position
 * the visible rows are those that the log says.
 */
class ShardCoreModelTest {
    private static final int STEPS = 120;

    private final List<LogRecord> log = new ArrayList<>();
    private final List<ShardEntry> raft = new ArrayList<>();
    private InMemoryPointStore store = new InMemoryPointStore();
    private final InMemoryPointIndex.Files files = new InMemoryPointIndex.Files();
    private InMemoryPointIndex index = new InMemoryPointIndex(files);
    private ShardCore core;

    @BeforeEach
    void open() throws IOException {
        core = ShardCore.open(Entries.facts(), store, index);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void visibleRowsAreWhatTheLogSays(int seed) throws IOException {
        Random random = new Random(seed);
        writeLog(random);
        long before = 0;
        for (int i = 0; i < STEPS; i++) {
            switch (random.nextInt(10)) {
                case 0 -> {
                    crash();
                    before = core.state().position();
                }
                case 1 -> store.makeDurable();
                case 2 -> apply(entry(random.nextLong(EPOCH + 1)));
                case 3 -> {
                    ApplyBatch stale = randomBatch(random).toBuilder().setEpoch(EPOCH - 1).build();
                    assertThat(apply(entry(stale))).isEqualTo(new ApplyResult.StaleEpoch(EPOCH));
                }
                case 4 -> seal(random);
                default -> {
                    ApplyBatch next = randomBatch(random);
                    long position = core.state().position();
                    assertThat(apply(entry(next))).isEqualTo(expected(next, position));
                }
            }
            assertThat(core.state().position()).isGreaterThanOrEqualTo(before);
            before = core.state().position();
            check();
        }
        crash();
        check();
        Digest live = digest();
        assertThat(replayedFromTheStart()).isEqualTo(live);
    }

    /** Offsets with holes, as compaction leaves them. */
    private void writeLog(Random random) {
        long offset = 0;
        for (int i = 0; i < 400; i++) {
            offset += 1 + (random.nextInt(8) == 0 ? random.nextInt(5) : 0);
            String id = "id-" + random.nextInt(25);
            log.add(
                    random.nextInt(4) == 0
                            ? delete(offset, id)
                            : upsert(offset, id, random.nextInt(100), random.nextInt(100)));
        }
    }

    private ApplyBatch randomBatch(Random random) {
        long position = core.state().position();
        long from = Math.max(0, position + random.nextInt(9) - 6);
        long to = from + random.nextInt(12);
        return batch(
                from,
                to,
                log.stream()
                        .filter(record -> record.getOffset() >= from && record.getOffset() < to)
                        .toArray(LogRecord[]::new));
    }

    private static ApplyResult expected(ApplyBatch batch, long position) {
        if (batch.getTo() <= position) {
            return new ApplyResult.Applied(position);
        }
        return batch.getFrom() > position
                ? new ApplyResult.Gap(position)
                : new ApplyResult.Applied(batch.getTo());
    }

    private ApplyResult apply(ShardEntry entry) throws IOException {
        raft.add(entry);
        return core.apply(new RaftPosition(1, raft.size() - 1), entry);
    }

    /** What the index does in the background; the store's part of it may be lost in a crash. */
    private void seal(Random random) throws IOException {
        long position = core.state().position();
        assertThat(apply(Entries.seal(position - random.nextLong(position + 1))))
                .isEqualTo(new ApplyResult.Sealed(position));
        store.makeDurable();
        if (random.nextInt(4) > 0) {
            index.seal();
            if (random.nextBoolean()) {
                store.forgetRecent(index.restoreFrom());
                store.forgetDeaths(0, index.restoreFrom(), position);
            }
        }
    }

    private void crash() throws IOException {
        store = store.afterCrash();
        index = new InMemoryPointIndex(files);
        core = ShardCore.open(Entries.facts(), store, index);
        for (long i = core.state().applied().index() + 1; i < raft.size(); i++) {
            core.apply(new RaftPosition(1, i), raft.get((int) i));
        }
    }

    private void check() throws IOException {
        assertThat(index.position()).isEqualTo(core.state().position());
        assertThat(index.visible()).isEqualTo(stateAt(core.state().position()));
        assertThat(core.state().rows()).isEqualTo(index.visible().size());
        try (PointView view = store.view()) {
            assertThat(DigestCheck.of(view).matches()).isTrue();
        }
    }

    private Map<String, Long> stateAt(long position) {
        Map<String, Long> state = new HashMap<>();
        for (LogRecord record : log) {
            if (record.getOffset() < position) {
                String id = record.getId().toStringUtf8();
                if (record.hasPoint()) {
                    state.put(id, record.getOffset());
                } else {
                    state.remove(id);
                }
            }
        }
        return state;
    }

    private Digest digest() throws IOException {
        try (PointView view = store.view()) {
            return view.digest();
        }
    }

    /** Another replica that gets the Kafka log in one piece reaches the same digest. */
    private Digest replayedFromTheStart() throws IOException {
        long position = core.state().position();
        InMemoryPointStore other = new InMemoryPointStore();
        ShardCore replica = ShardCore.open(Entries.facts(), other, new InMemoryPointIndex());
        replica.apply(
                new RaftPosition(1, 0),
                entry(
                        batch(
                                0,
                                position,
                                log.stream()
                                        .filter(record -> record.getOffset() < position)
                                        .toArray(LogRecord[]::new))));
        try (PointView view = other.view()) {
            return view.digest();
        }
    }
}
