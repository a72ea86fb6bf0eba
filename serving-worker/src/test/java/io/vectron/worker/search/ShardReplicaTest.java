package io.vectron.worker.search;

import static io.vectron.worker.shard.Entries.batch;
import static io.vectron.worker.shard.Entries.delete;
import static io.vectron.worker.shard.Entries.entry;
import static io.vectron.worker.shard.Entries.point;
import static io.vectron.worker.shard.Entries.upsert;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vectron.index.BuilderPool;
import io.vectron.index.IndexLimits;
import io.vectron.index.SearchQuery;
import io.vectron.proto.log.v1.ShardEntry;
import io.vectron.proto.worker.v1.ApplyBatchResponse;
import io.vectron.proto.worker.v1.Hit;
import io.vectron.proto.worker.v1.ShardHits;
import io.vectron.replication.RaftPosition;
import io.vectron.worker.replica.Reading;
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
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A replica driven by hand instead of by Raft, and reads of it. */
class ShardReplicaTest {
    private static final Projection WITH_PAYLOAD = new Projection(false, true);

    @TempDir Path folder;
    private final RocksResources resources = new RocksResources(8 << 20, 4 << 20);
    private final BuilderPool builders = new BuilderPool(1);
    private ShardReplica replica = replica();
    private long raftIndex;

    private ShardReplica replica() {
        return new ShardReplica(
                Entries.facts(),
                resources,
                () -> new VectorPointIndex(Entries.facts(), IndexLimits.DEFAULT, builders),
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
        return reader.search(
                replica,
                SearchQuery.exact(new float[] {0, 0}, 10),
                WITH_PAYLOAD,
                new AnswerBudget("top_k"));
    }

    @Test
    void aSearchThatIsAlwaysOvertakenIsAnsweredWhileTheShardStandsStill() throws IOException {
        apply(entry(batch(0, 1, upsert(0, "a", point("text", 1, 1)))));
        ShardHits hits = search(new ShardReader(0));
        assertThat(hits.getState().getPosition()).isEqualTo(1);
        assertThat(hits.getHitsList()).extracting(Hit::getId).containsExactly("a");
    }

    @Test
    void aRowThatTheStoreLostIsNeverAnsweredAsData() throws IOException {
        apply(entry(batch(0, 2, upsert(0, "a", 1, 1), upsert(1, "b", 2, 2))));
        replica.close();
        Damage.deleteRow(live(), "a");
        replica = replica();
        replica.open(live());
        assertThat(replica.problem()).startsWith("DIGEST_MISMATCH");
        assertThat(search(new ShardReader(1)).getHitsList())
                .extracting(Hit::getId)
                .containsExactly("b");
    }

    @Test
    void aRowLostWhileServingIsFoundByRecomputing() throws IOException {
        apply(entry(batch(0, 2, upsert(0, "a", 1, 1), upsert(1, "b", 2, 2))));
        Path copy = folder.resolve("copy");
        replica.checkpoint(new RaftPosition(1, 0), copy);
        Damage.deleteRow(copy, "b");
        ShardReplica damaged = replica();
        damaged.open(copy);
        try (Reading reading = read(damaged)) {
            assertThat(damaged.recomputeDigest(reading.view()).matches()).isFalse();
        } finally {
            damaged.close();
        }
        assertThat(damaged.problem()).contains("2 rows", "1 rows");
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
