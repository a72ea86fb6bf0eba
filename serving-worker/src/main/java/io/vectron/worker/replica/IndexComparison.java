package io.vectron.worker.replica;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vectron.index.LiveRows;
import io.vectron.index.sealed.Pace;
import io.vectron.worker.shard.StoredRow;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Compares each live row of a replica's index with the store: the same id at the same version. In
 * pieces, each at the state of its moment, so that neither memory nor files are held for long.
 * Versions never change, so a piece goes on where the one before it ended. Where the numbers of
 * rows are equal too, index and store hold the same.
 */
final class IndexComparison {
    /** Looked at while the files are held. */
    private static final int PIECE_ROWS = 4_096;

    /** Read from the store at once; a row may be close to a megabyte. */
    private static final int ROWS_AT_ONCE = 32;

    /** Ids of neighbouring versions lie far apart: for each row about one block is read. */
    private static final int BLOCK_BYTES = 16 << 10;

    private final Pace pace;

    private IndexComparison(Pace pace) {
        this.pace = pace;
    }

    /**
     * Compares all rows; ends early if the replica closes.
     *
     * @throws DamagedReplicaException if one differs
     * @throws InterruptedException if the pace says so
     */
    static void run(ShardReplica replica, Pace pace) throws IOException, InterruptedException {
        IndexComparison comparison = new IndexComparison(pace);
        long next = 0;
        while (next != LiveRows.END) {
            try (@Nullable Moment moment =
                    replica.<@Nullable Moment>readStill(_ -> moment(replica))) {
                next = moment == null ? LiveRows.END : comparison.piece(moment, next);
            }
        }
    }

    /** Store and index in the same state. */
    private record Moment(Reading reading, LiveRows rows) implements AutoCloseable {
        @Override
        public void close() {
            rows.close();
            reading.close();
        }
    }

    /** While nothing is applied. */
    private static @Nullable Moment moment(ShardReplica replica) {
        Reading reading = replica.read();
        return reading == null ? null : new Moment(reading, reading.index().liveRows());
    }

    private long piece(Moment moment, long from) throws IOException, InterruptedException {
        Map<String, Long> versions = new HashMap<>();
        long next =
                moment.rows()
                        .visit(
                                from,
                                PIECE_ROWS,
                                (id, version) -> add(moment, versions, id, version));
        Map<String, Long> some = new HashMap<>();
        for (Map.Entry<String, Long> row : versions.entrySet()) {
            some.put(row.getKey(), row.getValue());
            if (some.size() == ROWS_AT_ONCE) {
                compare(moment, some);
                some.clear();
            }
        }
        compare(moment, some);
        return next;
    }

    private static void add(Moment moment, Map<String, Long> versions, byte[] id, long version) {
        String name = new String(id, UTF_8);
        Long other = versions.put(name, version);
        if (other != null) {
            throw DamagedReplicaException.rowDiffers(
                    moment.reading().state(), name, version, other);
        }
    }

    private void compare(Moment moment, Map<String, Long> versions)
            throws IOException, InterruptedException {
        Map<String, StoredRow> rows = moment.reading().view().rows(versions.keySet());
        int bytes = 0;
        for (Map.Entry<String, Long> live : versions.entrySet()) {
            StoredRow row = rows.get(live.getKey());
            if (row == null || row.version() != live.getValue()) {
                throw DamagedReplicaException.rowDiffers(
                        moment.reading().state(),
                        live.getKey(),
                        live.getValue(),
                        row == null ? null : row.version());
            }
            bytes += Math.max(row.point().size(), BLOCK_BYTES);
        }
        pace.read(bytes);
    }
}
