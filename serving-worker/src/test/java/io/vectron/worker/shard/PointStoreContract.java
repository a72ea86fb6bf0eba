package io.vectron.worker.shard;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.vectron.common.digest.Digest;
import io.vectron.common.digest.DigestAccumulator;
import io.vectron.common.digest.RowHash;
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
                new LogPlace(position, 77),
                4,
                rows);
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
        write(state(4, 0), Digest.EMPTY, new RowChange.Remove("a", second.mark()));
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
}
