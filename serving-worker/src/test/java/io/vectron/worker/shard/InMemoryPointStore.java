package io.vectron.worker.shard;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vectron.common.digest.Digest;
import io.vectron.worker.shard.StoreWrite.RowChange;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A {@link PointStore} in memory that forgets in a crash what was not flushed, as the real one
 * does. Passes the same contract test as {@code RocksPointStore}.
 */
public final class InMemoryPointStore implements PointStore {
    private static final Comparator<String> BY_UTF8 =
            (a, b) -> Arrays.compareUnsigned(a.getBytes(UTF_8), b.getBytes(UTF_8));

    /** One state, never changed once it is seen by a view. */
    private record Content(
            TreeMap<String, StoredRow> rows,
            TreeMap<Long, String> recent,
            TreeMap<Long, Long> deaths,
            @Nullable ShardState state,
            Digest digest) {
        Content copy() {
            return new Content(
                    new TreeMap<>(rows),
                    new TreeMap<>(recent),
                    new TreeMap<>(deaths),
                    state,
                    digest);
        }
    }

    private Content now;
    private Content flushed;

    public InMemoryPointStore() {
        this(
                new Content(
                        new TreeMap<>(BY_UTF8),
                        new TreeMap<>(),
                        new TreeMap<>(),
                        null,
                        Digest.EMPTY));
    }

    private InMemoryPointStore(Content content) {
        this.now = content;
        this.flushed = content.copy();
    }

    @Override
    public synchronized Map<String, RowMark> marks(Collection<String> ids) {
        Map<String, RowMark> marks = new HashMap<>();
        for (String id : ids) {
            StoredRow row = now.rows().get(id);
            if (row != null) {
                marks.put(id, row.mark());
            }
        }
        return marks;
    }

    @Override
    public synchronized void write(StoreWrite write) {
        for (RowChange change : write.changes()) {
            switch (change) {
                case RowChange.Put(var row, var former) -> {
                    now.rows().put(row.id(), row);
                    now.recent().put(row.version(), row.id());
                    if (former != null) {
                        died(former, row.version());
                    }
                }
                case RowChange.Remove(var id, var offset, var former) -> {
                    now.rows().remove(id);
                    died(former, offset);
                }
            }
        }
        now = new Content(now.rows(), now.recent(), now.deaths(), write.state(), write.digest());
    }

    private void died(RowMark former, long offset) {
        now.recent().remove(former.version());
        now.deaths().put(former.version(), offset);
    }

    @Override
    public synchronized void forgetRecent(long version) {
        now.recent().headMap(version).clear();
    }

    @Override
    public synchronized void forgetDeaths(long from, long to, long before) {
        now.deaths().subMap(from, Math.max(from, to)).values().removeIf(at -> at < before);
    }

    @Override
    public synchronized void makeDurable() {
        flushed = now.copy();
    }

    @Override
    public synchronized PointView view() {
        return new View(now.copy());
    }

    /** What a process finds that starts after a crash: the state of the last flush. */
    public synchronized InMemoryPointStore afterCrash() {
        return new InMemoryPointStore(flushed.copy());
    }

    /** Plants damage: a row goes without the state machine knowing. */
    public synchronized void removeBehindTheBack(String id) {
        now.rows().remove(id);
    }

    /** Nothing to release. */
    @Override
    public void close() {
        // memory only
    }

    private record View(Content content) implements PointView {
        @Override
        public @Nullable ShardState state() {
            return content.state();
        }

        @Override
        public Digest digest() {
            return content.digest();
        }

        @Override
        public Map<String, StoredRow> rows(Collection<String> ids) {
            Map<String, StoredRow> rows = new HashMap<>();
            for (String id : ids) {
                StoredRow row = content.rows().get(id);
                if (row != null) {
                    rows.put(id, row);
                }
            }
            return rows;
        }

        @Override
        public void scan(RowVisitor visitor) throws IOException {
            for (StoredRow row : content.rows().values()) {
                if (!visitor.visit(row)) {
                    return;
                }
            }
        }

        @Override
        public void recent(long from, RowVisitor visitor) throws IOException {
            for (Map.Entry<Long, String> e : content.recent().tailMap(from).entrySet()) {
                StoredRow row = content.rows().get(e.getValue());
                if (row != null && row.version() == e.getKey() && !visitor.visit(row)) {
                    return;
                }
            }
        }

        @Override
        public void deaths(DeathVisitor visitor) throws IOException {
            for (Map.Entry<Long, Long> e : content.deaths().entrySet()) {
                visitor.visit(e.getKey(), e.getValue());
            }
        }

        @Override
        public void close() {
            // memory only
        }
    }
}
