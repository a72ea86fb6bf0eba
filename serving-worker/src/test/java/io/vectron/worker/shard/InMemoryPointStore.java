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
            TreeMap<String, StoredRow> rows, @Nullable ShardState state, Digest digest) {
        Content copy() {
            return new Content(new TreeMap<>(rows), state, digest);
        }
    }

    private Content now;
    private Content flushed;

    public InMemoryPointStore() {
        this(new Content(new TreeMap<>(BY_UTF8), null, Digest.EMPTY));
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
                case RowChange.Put(var row, var former) -> now.rows().put(row.id(), row);
                case RowChange.Remove(var id, var former) -> now.rows().remove(id);
            }
        }
        now = new Content(now.rows(), write.state(), write.digest());
    }

    @Override
    public synchronized PointView view() {
        return new View(now.copy());
    }

    /** Makes everything written so far survive a crash. */
    public synchronized void flush() {
        flushed = now.copy();
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
                visitor.visit(row);
            }
        }

        @Override
        public void close() {
            // memory only
        }
    }
}
