package io.vectron.worker.storage;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vectron.worker.storage.RocksDatabase.Table;
import java.io.IOException;
import java.nio.file.Path;
import org.rocksdb.RocksDBException;

/** Plants damage in the files of a store that is not open. */
public final class Damage {
    private Damage() {}

    /** Deletes a row without the state machine knowing. */
    public static void deleteRow(Path folder, String id) throws IOException {
        try (RocksResources resources = new RocksResources(1 << 20, 1 << 20);
                RocksPointStore store = RocksPointStore.open(folder, resources)) {
            store.database().db().delete(store.database().handle(Table.POINTS), id.getBytes(UTF_8));
        } catch (RocksDBException e) {
            throw new IOException(e);
        }
    }
}
