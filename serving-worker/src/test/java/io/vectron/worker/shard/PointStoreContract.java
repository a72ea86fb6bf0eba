package io.vectron.worker.shard;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.vectron.common.digest.Digest;
import io.vectron.common.digest.DigestAccumulator;
import io.vectron.common.digest.RowHash;
import io.vectron.proto.log.v1.Halt;
import io.vectron.proto.log.v1.HaltReason;
import io.vectron.replication.RaftPosition;
import io.vectron.worker.shard.ShardState.LogPlace;
import io.vectron.worker.shard.StoreWrite.RowChange;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link PointStore} does. */
public abstract class PointStoreContract {
    private PointStore store;

    /** A new, empty store. */
    protected abstract PointStore create() throws IOException;

    @BeforeEach
    void open() throws IOException {
        store = create();
    }

    @AfterEach
    void close() throws IOException {
        store.close();
    }

    private static StoredRow row(String id, long version) {
        ByteString point = Entries.point("text of " + id, 1, (float) version).toByteString();
        RowMark mark =
                new RowMark(version, RowHash.of(id.getBytes(UTF_8), version, point.toByteArray()));
        return new StoredRow(id, mark, point);
    }

    private static ShardState state(long position, long rows) {
        return new ShardState(
                new RaftPosition(2, position),
                "collection",
                "topic",
                1,
                new LogPlace(position, 3, 77, 55),
                4,
                rows,
                Halt.newBuilder()
                        .setReason(HaltReason.HALT_REASON_BELOW_START)
                        .setPosition(position)
                        .build());
    }

    private void write(ShardState state, Digest digest, RowChange... changes) throws IOException {
        store.write(new StoreWrite(List.of(changes), state, digest));
    }

    @Test
    void anEmptyStoreHasNoState() throws IOException {
        try (PointView view = store.view()) {
            assertThat(view.state()).isNull();
            assertThat(view.digest()).isEqualTo(Digest.EMPTY);
            assertThat(view.rows(List.of("a"))).isEmpty();
        }
        assertThat(store.marks(List.of("a"))).isEmpty();
    }

    @Test
    void whatIsWrittenIsRead() throws IOException {
        StoredRow row = row("a", 7);
        DigestAccumulator digest = new DigestAccumulator();
        digest.add("a".getBytes(UTF_8), row.mark().hash());
        write(state(8, 1), digest.snapshot(), new RowChange.Put(row, null));

        assertThat(store.marks(List.of("a", "b"))).containsOnlyKeys("a");
        assertThat(store.marks(List.of("a"))).containsValue(row.mark());
        try (PointView view = store.view()) {
            assertThat(view.state()).isEqualTo(state(8, 1));
            assertThat(view.digest()).isEqualTo(digest.snapshot());
            assertThat(view.rows(List.of("b", "a")).get("a")).isEqualTo(row);
        }
    }

    @Test
    void aRowIsReplacedAndRemoved() throws IOException {
        StoredRow first = row("a", 1);
        StoredRow second = row("a", 2);
        write(state(2, 1), Digest.EMPTY, new RowChange.Put(first, null));
        write(state(3, 1), Digest.EMPTY, new RowChange.Put(second, first.mark()));
        assertThat(store.marks(List.of("a")).get("a")).isEqualTo(second.mark());
        write(state(4, 0), Digest.EMPTY, new RowChange.Remove("a", 3, second.mark()));
        assertThat(store.marks(List.of("a"))).isEmpty();
    }

    @Test
    void aViewDoesNotMove() throws IOException {
        StoredRow first = row("a", 1);
        write(state(2, 1), Digest.EMPTY, new RowChange.Put(first, null));
        try (PointView view = store.view()) {
            StoredRow second = row("a", 2);
            write(
                    state(4, 2),
                    Digest.EMPTY,
                    new RowChange.Put(second, first.mark()),
                    new RowChange.Put(row("b", 3), null));
            assertThat(view.state()).isEqualTo(state(2, 1));
            assertThat(view.rows(List.of("a", "b"))).containsOnlyKeys("a");
            assertThat(view.rows(List.of("a")).get("a")).isEqualTo(first);
        }
    }

    @Test
    void aScanVisitsEveryRowByTheBytesOfItsId() throws IOException {
        List<String> ids = List.of("\uFFFD", "b", "a", "é", "\uD83D\uDE00");
        for (String id : ids) {
            write(state(9, 5), Digest.EMPTY, new RowChange.Put(row(id, 8), null));
        }
        List<String> seen = new ArrayList<>();
        try (PointView view = store.view()) {
            view.scan(row -> seen.add(row.id()));
        }
        assertThat(seen).containsExactly("a", "b", "é", "\uFFFD", "\uD83D\uDE00");
    }

    @Test
    void aScanEndsWhenTheVisitorHasEnough() throws IOException {
        write(
                state(9, 2),
                Digest.EMPTY,
                new RowChange.Put(row("a", 7), null),
                new RowChange.Put(row("b", 8), null));
        List<String> seen = new ArrayList<>();
        try (PointView view = store.view()) {
            view.scan(row -> {
                seen.add(row.id());
                return false;
            });
            view.recent(
                    0,
                    row -> {
                        seen.add(row.id());
                        return false;
                    });
        }
        assertThat(seen).containsExactly("a", "a");
    }

    /** Three rows live, two dead; the versions in another order than the ids. */
    private void fill() throws IOException {
        StoredRow first = row("z", 1);
        StoredRow gone = row("b", 2);
        write(
                state(3, 2),
                Digest.EMPTY,
                new RowChange.Put(first, null),
                new RowChange.Put(gone, null));
        write(
                state(7, 3),
                Digest.EMPTY,
                new RowChange.Put(row("z", 3), first.mark()),
                new RowChange.Remove("b", 4, gone.mark()),
                new RowChange.Put(row("y", 5), null),
                new RowChange.Put(row("a", 6), null));
    }

    private List<String> recent(long from) throws IOException {
        List<String> seen = new ArrayList<>();
        try (PointView view = store.view()) {
            view.recent(from, row -> seen.add(row.id() + "@" + row.version()));
        }
        return seen;
    }

    private List<String> deaths() throws IOException {
        List<String> seen = new ArrayList<>();
        try (PointView view = store.view()) {
            view.deaths((version, offset) -> seen.add(version + "@" + offset));
        }
        return seen;
    }

    @Test
    void recentRowsAreVisitedByVersion() throws IOException {
        fill();
        assertThat(recent(0)).containsExactly("z@3", "y@5", "a@6");
        assertThat(recent(4)).containsExactly("y@5", "a@6");
        assertThat(recent(5)).containsExactly("y@5", "a@6");
        assertThat(recent(7)).isEmpty();
    }

    @Test
    void moreRecentRowsThanAreReadAtOnceAreVisited() throws IOException {
        List<String> expected = new ArrayList<>();
        for (int version = 0; version < 333; version++) {
            StoredRow row = row("id" + version * 7919 % 1_000, version);
            write(state(version + 1, version + 1), Digest.EMPTY, new RowChange.Put(row, null));
            expected.add(row.id() + "@" + version);
        }
        assertThat(recent(0)).isEqualTo(expected);
    }

    @Test
    void forgottenRecentRowsStayAsRows() throws IOException {
        fill();
        store.forgetRecent(0);
        assertThat(recent(0)).containsExactly("z@3", "y@5", "a@6");
        store.forgetRecent(5);
        assertThat(recent(0)).containsExactly("y@5", "a@6");
        assertThat(store.marks(List.of("z"))).containsOnlyKeys("z");
        StoredRow next = row("z", 8);
        RowChange.Put put = new RowChange.Put(next, row("z", 3).mark());
        write(state(9, 3), Digest.EMPTY, put);
        assertThat(recent(0)).containsExactly("y@5", "a@6", "z@8");
        assertThat(deaths()).containsExactly("1@3", "2@4", "3@8");
    }

    @Test
    void deathsAreKeptUntilTheyAreForgotten() throws IOException {
        fill();
        assertThat(deaths()).containsExactly("1@3", "2@4");
        store.forgetDeaths(2, 2, 100);
        assertThat(deaths()).containsExactly("1@3", "2@4");
        store.forgetDeaths(0, 3, 4);
        assertThat(deaths()).containsExactly("2@4");
        store.forgetDeaths(0, 2, 100);
        assertThat(deaths()).containsExactly("2@4");
        store.forgetDeaths(2, 3, 5);
        assertThat(deaths()).isEmpty();
    }

    @Test
    void moreDeathsThanAreForgottenAtOnceAreForgotten() throws IOException {
        int deaths = 9_000;
        List<RowChange> changes = new ArrayList<>();
        for (int version = 0; version < deaths; version++) {
            changes.add(new RowChange.Remove("id", deaths, row("id", version).mark()));
        }
        write(state(deaths + 1, 0), Digest.EMPTY, changes.toArray(RowChange[]::new));
        store.forgetDeaths(1, deaths - 1, deaths + 1);
        assertThat(deaths()).containsExactly("0@9000", "8999@9000");
    }

    @Test
    void aViewKeepsWhatIsForgotten() throws IOException {
        fill();
        List<Long> seen = new ArrayList<>();
        try (PointView view = store.view()) {
            store.forgetRecent(100);
            store.forgetDeaths(0, 100, 100);
            view.recent(0, row -> seen.add(row.version()));
            view.deaths((version, offset) -> seen.add(version));
        }
        assertThat(seen).containsExactly(3L, 5L, 6L, 1L, 2L);
        store.makeDurable();
        assertThat(recent(0)).isEmpty();
        assertThat(deaths()).isEmpty();
    }
}
