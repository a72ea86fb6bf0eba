package io.vectron.worker.search;

import static io.vectron.worker.shard.Entries.batch;
import static io.vectron.worker.shard.Entries.delete;
import static io.vectron.worker.shard.Entries.entry;
import static io.vectron.worker.shard.Entries.point;
import static io.vectron.worker.shard.Entries.upsert;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vectron.index.BuilderPool;
import io.vectron.index.Helpers;
import io.vectron.index.IndexLimits;
import io.vectron.index.IndexStats;
import io.vectron.index.SearchQuery;
import io.vectron.index.SearchResult;
import io.vectron.proto.log.v1.IndexParameters;
import io.vectron.proto.log.v1.LogRecord;
import io.vectron.proto.log.v1.ShardEntry;
import io.vectron.proto.worker.v1.ApplyBatchResponse;
import io.vectron.proto.worker.v1.Hit;
import io.vectron.proto.worker.v1.RowsChanged;
import io.vectron.proto.worker.v1.ShardHits;
import io.vectron.replication.RaftPosition;
import io.vectron.worker.replica.DamagedReplicaException;
import io.vectron.worker.replica.Reading;
import io.vectron.worker.replica.Scrubber;
import io.vectron.worker.replica.ShardReplica;
import io.vectron.worker.replica.VectorPointIndex;
import io.vectron.worker.shard.Entries;
import io.vectron.worker.storage.Damage;
import io.vectron.worker.storage.RocksResources;
import io.vectron.worker.trace.TraceMemory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A replica driven by hand instead of by Raft, and reads of it. */
class ShardReplicaTest {
    private static final Projection WITH_PAYLOAD = new Projection(false, true);

    private static final IndexLimits FEW_HOT_ROWS = IndexLimits.DEFAULT.withHotRows(64);

    @TempDir Path folder;
    private final RocksResources resources = new RocksResources(8 << 20, 4 << 20);
    private final BuilderPool builders = new BuilderPool(1);
    private final Scrubber scrubber = new Scrubber(Duration.ofDays(1), 1 << 30);
    private ShardReplica replica = replica();
    private long raftIndex;

    private ShardReplica replica() {
        return replica(IndexLimits.DEFAULT);
    }

    private ShardReplica replica(IndexLimits limits) {
        return new ShardReplica(
                Entries.facts(),
                resources,
                VectorPointIndex.maker(
                        Entries.facts(), limits, IndexParameters.getDefaultInstance(), builders),
                scrubber,
                10,
                new TraceMemory(100, Duration.ofHours(1)),
                InstantSource.system());
    }

    @BeforeEach
    void open() throws IOException {
        replica.open(live());
    }

    private Path live() throws IOException {
        return Files.createDirectories(folder.resolve("live"));
    }

    @AfterEach
    void close() {
        replica.close();
        scrubber.close();
        builders.close();
        resources.close();
    }

    private ApplyBatchResponse apply(ShardEntry entry) throws IOException {
        byte[] answer =
                replica.apply(
                        new RaftPosition(1, raftIndex++), ByteBuffer.wrap(entry.toByteArray()));
        return ApplyBatchResponse.parseFrom(answer);
    }

    private ShardHits search(ShardReader reader) throws IOException {
        return Objects.requireNonNull(
                reader.search(
                        replica,
                        SearchQuery.exact(new float[] {0, 0}, 10),
                        WITH_PAYLOAD,
                        new AnswerBudget("top_k")));
    }

    @Test
    void aSearchThatIsAlwaysOvertakenIsAnsweredWhileTheShardStandsStill() throws IOException {
        apply(entry(batch(0, 1, upsert(0, "a", point("text", 1, 1)))));
        ShardHits hits = search(new ShardReader(0, Helpers.NONE));
        assertThat(hits.getState().getPosition()).isEqualTo(1);
        assertThat(hits.getHitsList()).extracting(Hit::getId).containsExactly("a");
    }

    @Test
    void aRowThatTheStoreLostIsNeverAnsweredAsData() throws IOException {
        apply(entry(batch(0, 2, upsert(0, "a", 1, 1), upsert(1, "b", 2, 2))));
        replica.close();
        Damage.deleteRow(live(), "a");
        replica = replica();
        assertThatThrownBy(() -> replica.open(live()))
                .isInstanceOf(DamagedReplicaException.class)
                .hasMessageContaining("INDEX_MISMATCH");
    }

    @Test
    void aRowChangedBehindItsBackIsFoundByRecomputing() throws IOException {
        apply(entry(batch(0, 2, upsert(0, "a", 1, 1), upsert(1, "b", 2, 2))));
        Path copy = folder.resolve("copy");
        replica.checkpoint(new RaftPosition(1, 0), copy);
        Damage.changeRow(copy, "b");
        ShardReplica damaged = replica();
        damaged.open(copy);
        try (Reading reading = damaged.read()) {
            if (reading != null) { // else the scrub after the opening was faster
                assertThat(damaged.recomputeDigest(reading.view()).matches()).isFalse();
            }
        } finally {
            damaged.close();
        }
        assertThat(damaged.stopped())
                .isNotNull()
                .extracting(why -> why.getQuarantined().getRowsChanged())
                .returns(2L, RowsChanged::getRowsKept)
                .returns(2L, RowsChanged::getRowsFound)
                .matches(rows -> !rows.getKept().equals(rows.getComputed()));
        assertThat(damaged.read()).isNull();
    }

    @Test
    void anotherReplicaGoesOnFromACheckpoint() throws IOException {
        apply(entry(batch(0, 3, upsert(0, "a", 1, 1), upsert(1, "b", 2, 2), delete(2, "a"))));
        replica.advanced(new RaftPosition(2, 5));
        Path checkpoint = folder.resolve("checkpoint");
        replica.checkpoint(new RaftPosition(2, 5), checkpoint);
        apply(entry(batch(3, 4, upsert(3, "c", 3, 3))));

        ShardReplica other = replica();
        Path otherLive = Files.createDirectories(folder.resolve("other"));
        other.restore(checkpoint, otherLive);
        assertThat(other.open(otherLive)).isEqualTo(new RaftPosition(2, 5));
        try (Reading reading = read(other)) {
            assertThat(reading.state().position()).isEqualTo(3);
            assertThat(reading.index().stats().live()).isEqualTo(1);
        } finally {
            other.close();
        }
    }

    @Test
    void littleIsLeftToACheckpointThatIsPrepared() throws IOException {
        for (long offset = 0; offset < 20_000; offset += 100) {
            LogRecord[] records = new LogRecord[100];
            for (int i = 0; i < records.length; i++) {
                records[i] = upsert(offset + i, "id" + (offset + i), (float) offset, i);
            }
            apply(entry(batch(offset, offset + 100, records)));
        }
        long before = replica.unflushedBytes();
        replica.prepareCheckpoint();
        assertThat(replica.unflushedBytes()).isLessThan(before / 4);
        apply(entry(batch(20_000, 20_001, upsert(20_000, "last", 1, 1))));
        Path checkpoint = folder.resolve("checkpoint");
        replica.checkpoint(new RaftPosition(1, raftIndex - 1), checkpoint);
        ShardReplica other = replica();
        Path otherLive = Files.createDirectories(folder.resolve("other"));
        other.restore(checkpoint, otherLive);
        other.open(otherLive);
        try (Reading reading = read(other)) {
            assertThat(reading.state().position()).isEqualTo(20_001);
            assertThat(reading.state().rows()).isEqualTo(20_001);
        } finally {
            other.close();
        }
    }

    @Test
    void aClosedReplicaPreparesNothing() throws IOException {
        replica.close();
        replica.prepareCheckpoint();
        assertThat(replica.isOpen()).isFalse();
    }

    /** Starts anew with segments of few rows, and waits until most of 200 points are in files. */
    private Map<String, Long> seal() throws IOException {
        replica.close();
        replica = replica(FEW_HOT_ROWS);
        replica.open(live());
        long next = 0;
        for (int batch = 0; batch < 30; batch++) {
            List<LogRecord> records = new ArrayList<>();
            for (long end = next + 10; next < end; next++) {
                String id = "id" + next % 200;
                records.add(next % 7 == 6 ? delete(next, id) : upsert(next, id, (float) next, 1));
            }
            apply(entry(batch(next - 10, next, records.toArray(LogRecord[]::new))));
        }
        apply(Entries.seal(next));
        awaitStats(stats -> stats.frozen() == 0);
        apply(entry(batch(next, next + 2, upsert(next, "id0", 0, 9), delete(next + 1, "id1"))));
        return visible(replica);
    }

    private void awaitStats(Predicate<IndexStats> reached) {
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (true) {
            try (Reading reading = read(replica)) {
                IndexStats stats = reading.index().stats();
                if (reached.test(stats)) {
                    return;
                }
                assertThat(System.nanoTime()).as("stuck at %s", stats).isLessThan(end);
            }
            Thread.onSpinWait();
        }
    }

    private static Map<String, Long> visible(ShardReplica of) {
        try (Reading reading = read(of)) {
            return reading
                    .index()
                    .search(SearchQuery.exact(new float[] {0, 0}, 1_000), Helpers.NONE)
                    .hits()
                    .stream()
                    .collect(Collectors.toMap(SearchResult.Hit::id, SearchResult.Hit::version));
        }
    }

    @Test
    void sealedRowsAndTheirDeathsComeBack() throws IOException {
        Map<String, Long> before = seal();
        assertThat(before).containsEntry("id0", 300L).doesNotContainKey("id1");
        replica.close();
        replica = replica(FEW_HOT_ROWS);
        replica.open(live());
        assertThat(visible(replica)).isEqualTo(before);
        assertThat(replica.stopped()).isNull();
        try (Reading reading = read(replica)) {
            assertThat(reading.index().restoreFrom()).isEqualTo(300);
            assertThat(reading.index().stats().sealed().rows()).isPositive();
        }
        apply(entry(batch(302, 304, upsert(302, "id0", 1, 1), delete(303, "id2"))));
        assertThat(visible(replica)).containsEntry("id0", 302L).doesNotContainKey("id2");
    }

    @Test
    void aCheckpointHoldsTheSealedSegments() throws IOException {
        Map<String, Long> before = seal();
        Path checkpoint = folder.resolve("checkpoint");
        replica.checkpoint(new RaftPosition(1, raftIndex - 1), checkpoint);
        apply(entry(batch(302, 303, delete(302, "id0"))));

        ShardReplica other = replica(FEW_HOT_ROWS);
        Path otherLive = Files.createDirectories(folder.resolve("other"));
        other.restore(checkpoint, otherLive);
        other.open(otherLive);
        try (Reading reading = read(other)) {
            assertThat(visible(other)).isEqualTo(before);
            assertThat(reading.index().restoreFrom()).isEqualTo(300);
            assertThat(other.stopped()).isNull();
            assertThat(reading.index().stats().builds()).as("no graph is rebuilt").isZero();
        } finally {
            other.close();
        }
    }

    @Test
    void anIndexThatLostItsFilesDoesNotOpen() throws IOException {
        seal();
        replica.close();
        Path index = live().resolve("index");
        try (Stream<Path> files = Files.list(index)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        replica = replica(FEW_HOT_ROWS);
        assertThatThrownBy(() -> replica.open(live()))
                .isInstanceOf(DamagedReplicaException.class)
                .hasMessageContaining("INDEX_MISMATCH")
                .hasMessageContaining("the index has 1 live rows");
    }

    @Test
    void closingWaitsForReaders() throws Exception {
        apply(entry(batch(0, 1, upsert(0, "a", 1, 1))));
        CompletableFuture<Void> closed;
        try (Reading reading = read(replica)) {
            closed = CompletableFuture.runAsync(replica::close, Thread.ofPlatform()::start);
            while (isOpen()) {
                Thread.onSpinWait(); // until the closing has begun
            }
            assertThat(reading.view().rows(List.of("a"))).containsOnlyKeys("a");
            assertThat(closed).isNotDone();
        }
        closed.get(20, TimeUnit.SECONDS);
    }

    private boolean isOpen() {
        try (Reading reading = replica.read()) {
            return reading != null;
        }
    }

    private static Reading read(ShardReplica from) {
        Reading reading = from.read();
        if (reading == null) {
            throw new AssertionError("not open");
        }
        return reading;
    }

    @Test
    void bytesThatAreNoEntryAreRefusedAndTheReplicaGoesOn() throws IOException {
        byte[] answer =
                replica.apply(
                        new RaftPosition(1, raftIndex++), ByteBuffer.wrap(new byte[] {1, 2, 3}));
        assertThat(ApplyBatchResponse.parseFrom(answer).hasInvalid()).isTrue();
        assertThat(apply(entry(batch(0, 1))).hasApplied()).isTrue();
    }

    @Test
    void aReplicaThatIsNotOpenKnowsNoState() {
        replica.close();
        assertThat(replica.read()).isNull();
        assertThatThrownBy(() -> replica.advanced(new RaftPosition(1, 1)))
                .isInstanceOf(IllegalStateException.class);
    }
}
