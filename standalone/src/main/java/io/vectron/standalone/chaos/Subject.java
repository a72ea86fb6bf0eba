package io.vectron.standalone.chaos;

import io.vectron.common.rpc.Address;
import java.util.List;

/**
 * The collection that a run writes and reads.
 *
 * @param id of the collection, as its facts have it
 * @param topic of its log
 * @param keys that are written
 * @param gateway where clients go
 * @param workers all of them, by number
 */
record Subject(
        String name,
        String id,
        String topic,
        int shards,
        List<String> keys,
        Address gateway,
        List<Address> workers) {
    Subject {
        keys = List.copyOf(keys);
        workers = List.copyOf(workers);
    }
}
