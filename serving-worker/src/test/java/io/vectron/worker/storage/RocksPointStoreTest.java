package io.vectron.worker.storage;

import static io.vectron.worker.shard.Entries.batch;
import static io.vectron.worker.shard.Entries.delete;
import static io.vectron.worker.shard.Entries.entry;
import static io.vectron.worker.shard.Entries.upsert;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vectron.common.digest.Digest;
import io.vectron.proto.log.v1.LogRecord;
import io.vectron.proto.log.v1.ShardEntry;
import io.vectron.replication.RaftPosition;
import io.vectron.worker.shard.DigestCheck;
import io.vectron.worker.shard.Entries;
import io.vectron.worker.shard.InMemoryPointIndex;
import io.vectron.worker.shard.PointStore;
import io.vectron.worker.shard.PointStoreContract;
import io.vectron.worker.shard.PointView;
import io.vectron.worker.shard.ShardCore;
import io.vectron.worker.storage.RocksDatabase.Table;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

class RocksPointStoreTest extends PointStoreContract {
    @TempDir Path folder;
    private final RocksResources resources = new RocksResources(8 << 20, 4 << 20);

    @Override
    protected PointStore create() throws IOException {
        return open("store");
    }

    private RocksPointStore open(String name) throws IOException {
        return RocksPointStore.open(Files.createDirectories(folder.resolve(name)), resources);
    }

    @AfterEach
    void closeResources() {
        resources.close();
    }

    /** The files as a killed process leaves them, all of one moment. */
    private void copyFiles(String from, String to) throws IOException {
        Path target = Files.createDirectories(folder.resolve(to));
        Set<String> before;
        do { // as long as the store adds or removes some meanwhile
            for (String stale : names(target)) {
                Files.delete(target.resolve(stale));
            }
            before = names(folder.resolve(from));
            for (String name : before) {
                try {
                    Files.copy(folder.resolve(from).resolve(name), target.resolve(name));
                } catch (NoSuchFileException e) {
                    break; // removed: seen below
                }
            }
        } while (!before.equals(names(folder.resolve(from))));
    }

    private static Set<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).collect(Collectors.toSet());
        }
    }

    private static void apply(ShardCore core, long from, List<ShardEntry> log) throws IOException {
        for (long i = from; i < log.size(); i++) {
            core.apply(new RaftPosition(1, i), log.get((int) i));
        }
    }

    private static final List<ShardEntry> LOG =
            List.of(
                    entry(batch(0, 2, upsert(0, "a", 1, 1), upsert(1, "b", 2, 2))),
                    entry(batch(2, 4, upsert(2, "c", 3, 3), delete(3, "a"))),
                    entry(batch(9, 10)),
                    entry(batch(4, 6, upsert(4, "a", 4, 4), upsert(5, "b", 5, 5))));

    @Test
    void aCrashLeavesTheStateAfterSomeEntryAndTheRestIsAppliedAgain() throws IOException {
        Digest expected;
        try (RocksPointStore store = open("crashing")) {
            ShardCore core = ShardCore.open(Entries.facts(), store, new InMemoryPointIndex());
            apply(core, 0, LOG.subList(0, 2));
            store.makeDurable();
            apply(core, 2, LOG);
            expected = digest(store);
            copyFiles("crashing", "crashed");
        }
        try (RocksPointStore store = open("crashed")) {
            InMemoryPointIndex index = new InMemoryPointIndex();
            ShardCore opened = ShardCore.open(Entries.facts(), store, index);
            assertThat(opened.state().applied()).isEqualTo(new RaftPosition(1, 1));
            assertThat(opened.state().position()).isEqualTo(4);
            assertThat(matches(store)).isTrue();
            assertThat(index.visible()).containsOnlyKeys("b", "c");
            apply(opened, 2, LOG);
            assertThat(digest(store)).isEqualTo(expected);
            assertThat(index.visible()).containsOnlyKeys("a", "b", "c");
        }
    }

    @Test
    void aCrashBeforeTheFirstFlushLeavesNothingAndAllIsAppliedAgain() throws IOException {
        Digest expected;
        try (RocksPointStore store = open("crashing")) {
            apply(ShardCore.open(Entries.facts(), store, new InMemoryPointIndex()), 0, LOG);
            expected = digest(store);
            copyFiles("crashing", "crashed");
        }
        try (RocksPointStore store = open("crashed")) {
            try (PointView view = store.view()) {
                assertThat(view.state()).isNull();
            }
            ShardCore core = ShardCore.open(Entries.facts(), store, new InMemoryPointIndex());
            assertThat(core.state().applied()).isEqualTo(RaftPosition.NONE);
            apply(core, 0, LOG);
            assertThat(digest(store)).isEqualTo(expected);
        }
    }

    @Test
    void aCheckpointIsAStoreOfItsOwn() throws IOException {
        Digest atCheckpoint;
        try (RocksPointStore store = open("live")) {
            ShardCore core = ShardCore.open(Entries.facts(), store, new InMemoryPointIndex());
            apply(core, 0, LOG.subList(0, 2));
            core.advanced(new RaftPosition(3, 7));
            core.persist();
            atCheckpoint = digest(store);
            store.checkpoint(folder.resolve("checkpoint"));
            core.apply(new RaftPosition(3, 8), LOG.get(3));
        }
        try (RocksPointStore copy = open("checkpoint")) {
            ShardCore core = ShardCore.open(Entries.facts(), copy, new InMemoryPointIndex());
            assertThat(core.state().applied()).isEqualTo(new RaftPosition(3, 7));
            assertThat(digest(copy)).isEqualTo(atCheckpoint);
        }
    }

    @Test
    void aRowChangedOrDeletedBehindTheBackIsFound() throws Exception {
        try (RocksPointStore store = open("damaged")) {
            apply(ShardCore.open(Entries.facts(), store, new InMemoryPointIndex()), 0, LOG);
            assertThat(matches(store)).isTrue();
            ColumnFamilyHandle points = store.database().handle(Table.POINTS);
            byte[] key = "b".getBytes(UTF_8);
            byte[] row = store.database().db().get(points, key);
            store.database().db().delete(points, key);
            assertThat(matches(store)).isFalse();
            row[row.length - 30] ^= 1; // within the vector
            store.database().db().put(points, key, row);
            assertThat(matches(store)).isFalse();
            row[row.length - 30] ^= 1;
            store.database().db().put(points, key, row);
            assertThat(matches(store)).isTrue();
        }
    }

    /** A row that cannot be read must not pass for one that was never there. */
    @Test
    void aDamagedRowIsAnErrorAndNotAMissingOne() throws IOException {
        List<String> ids = new ArrayList<>();
        List<LogRecord> records = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            ids.add("id" + i);
            records.add(upsert(i, "id" + i, i, 1));
        }
        ShardEntry entry = entry(batch(0, 1_000, records.toArray(LogRecord[]::new)));
        try (RocksPointStore store = open("unreadable")) {
            apply(
                    ShardCore.open(Entries.facts(), store, new InMemoryPointIndex()),
                    0,
                    List.of(entry));
            assertThat(store.marks(ids)).hasSize(1_000);
            store.makeDurable();
        }
        Path points = null;
        try (Stream<Path> files = Files.list(folder.resolve("unreadable"))) {
            for (Path file : files.filter(it -> it.toString().endsWith(".sst")).toList()) {
                points = points == null || Files.size(file) > Files.size(points) ? file : points;
            }
        }
        assertThat(points).isNotNull();
        byte[] bytes = Files.readAllBytes(points);
        bytes[bytes.length / 3] ^= 1;
        Files.write(points, bytes);
        try (RocksPointStore store = open("unreadable")) {
            assertThatThrownBy(() -> store.marks(ids))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("cannot read rows");
            try (PointView view = store.view()) {
                assertThatThrownBy(() -> view.rows(ids))
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining("cannot read rows");
            }
        }
    }

    @Test
    void recentHoldsExactlyTheVersionsOfTheRows() throws IOException {
        try (RocksPointStore store = open("recent")) {
            apply(ShardCore.open(Entries.facts(), store, new InMemoryPointIndex()), 0, LOG);
            assertThat(versions(store, Table.RECENT)).containsExactly(2L, 4L, 5L);
            assertThat(versions(store, Table.DEAD)).containsExactly(0L, 1L);
        }
    }

    /** As the first format left it: all live rows recent, no death written down. */
    @Test
    void aStoreOfTheFirstFormatOpens() throws Exception {
        Digest before;
        try (RocksPointStore store = open("first")) {
            apply(ShardCore.open(Entries.facts(), store, new InMemoryPointIndex()), 0, LOG);
            before = digest(store);
            store.forgetDeaths(0, 100, 100);
            byte[] first = ByteBuffer.allocate(4).putInt(1).array();
            RocksDatabase database = store.database();
            database.db().put(database.handle(Table.DEFAULT), "format".getBytes(UTF_8), first);
        }
        for (int i = 0; i < 2; i++) {
            try (RocksPointStore store = open("first")) {
                InMemoryPointIndex index = new InMemoryPointIndex();
                ShardCore.open(Entries.facts(), store, index);
                assertThat(index.visible()).isEqualTo(Map.of("a", 4L, "b", 5L, "c", 2L));
                assertThat(digest(store)).isEqualTo(before);
            }
        }
    }

    @Test
    void whatWasForgottenAndNotFlushedComesBackAfterACrash() throws IOException {
        try (RocksPointStore store = open("crashing")) {
            ShardCore core = ShardCore.open(Entries.facts(), store, new InMemoryPointIndex());
            apply(core, 0, LOG);
            store.makeDurable();
            store.forgetRecent(5);
            store.forgetDeaths(0, 5, 100);
            copyFiles("crashing", "crashed");
            store.makeDurable();
            copyFiles("crashing", "durable");
        }
        try (RocksPointStore store = open("crashed")) {
            assertThat(versions(store, Table.RECENT)).containsExactly(2L, 4L, 5L);
            assertThat(versions(store, Table.DEAD)).containsExactly(0L, 1L);
        }
        try (RocksPointStore store = open("durable")) {
            assertThat(versions(store, Table.RECENT)).containsExactly(5L);
            assertThat(versions(store, Table.DEAD)).isEmpty();
        }
    }

    /** As background work of an index does it. */
    @Test
    void forgettingAndFlushingGoOnBesideWrites() throws Exception {
        try (RocksPointStore store = open("beside")) {
            ShardCore core = ShardCore.open(Entries.facts(), store, new InMemoryPointIndex());
            AtomicLong position = new AtomicLong();
            CompletableFuture<Void> background =
                    CompletableFuture.runAsync(
                            () -> forgetUntil(store, position, 2_000), Thread.ofPlatform()::start);
            for (long at = 0; at < 2_000; at++) {
                core.apply(
                        new RaftPosition(1, at),
                        entry(batch(at, at + 1, upsert(at, "id" + at % 10, (float) at, 1))));
                position.set(at + 1);
            }
            background.get(60, TimeUnit.SECONDS);
            assertThat(versions(store, Table.RECENT)).isEmpty();
            assertThat(versions(store, Table.DEAD)).isEmpty();
            assertThat(matches(store)).isTrue();
        }
    }

    private static void forgetUntil(RocksPointStore store, AtomicLong position, long end) {
        try {
            for (long now = 0; now < end; ) {
                now = position.get();
                store.makeDurable();
                store.forgetRecent(now);
                store.forgetDeaths(0, now, now);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Long> versions(RocksPointStore store, Table table) {
        List<Long> versions = new ArrayList<>();
        RocksDatabase database = store.database();
        try (RocksIterator it = database.db().newIterator(database.handle(table))) {
            for (it.seekToFirst(); it.isValid(); it.next()) {
                versions.add(ByteBuffer.wrap(it.key()).getLong());
            }
        }
        return versions;
    }

    @Test
    void aNewerFormatIsRefused() throws Exception {
        try (RocksPointStore store = open("newer")) {
            byte[] newer = ByteBuffer.allocate(4).putInt(RocksDatabase.FORMAT + 1).array();
            store.database()
                    .db()
                    .put(store.database().handle(Table.DEFAULT), "format".getBytes(UTF_8), newer);
        }
        assertThatThrownBy(() -> open("newer"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("has format 4");
    }

    @Test
    void anUnknownTableIsRefused() throws IOException, RocksDBException {
        try (RocksPointStore store = open("unknown")) {
            store.database()
                    .db()
                    .createColumnFamily(new ColumnFamilyDescriptor("segments".getBytes(UTF_8)))
                    .close();
        }
        assertThatThrownBy(() -> open("unknown"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("segments");
    }

    private static boolean matches(RocksPointStore store) throws IOException {
        try (PointView view = store.view()) {
            return DigestCheck.of(view).matches();
        }
    }

    private static Digest digest(RocksPointStore store) throws IOException {
        try (PointView view = store.view()) {
            return view.digest();
        }
    }
}
