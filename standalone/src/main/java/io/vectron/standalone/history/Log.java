package io.vectron.standalone.history;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * All records of a collection's topic, read back when nobody writes any more.
 *
 * @param shards records of each shard, by offset; every shard has an entry
 * @param ends end of each shard's log: the position of whoever has read all of it
 */
public record Log(List<List<LogRecord>> shards, List<Long> ends) {
    /** Refuses records that lie in the wrong shard, out of order, or behind the end. */
    public Log {
        shards = shards.stream().map(List::copyOf).toList();
        ends = List.copyOf(ends);
        if (shards.size() != ends.size()) {
            throw new IllegalArgumentException(
                    shards.size() + " shards, but " + ends.size() + " ends");
        }
        for (int shard = 0; shard < shards.size(); shard++) {
            long next = 0;
            for (LogRecord record : shards.get(shard)) {
                if (record.shard() != shard || record.offset() < next) {
                    throw new IllegalArgumentException("out of place: " + record);
                }
                next = record.offset() + 1;
            }
            if (next > ends.get(shard)) {
                throw new IllegalArgumentException(
                        "shard " + shard + " ends at " + ends.get(shard) + ", before its records");
            }
        }
    }

    /** Of records in any order, where each shard ends behind its last one. */
    public static Log of(int shards, List<LogRecord> records) {
        List<List<LogRecord>> byShard = new ArrayList<>();
        for (int shard = 0; shard < shards; shard++) {
            byShard.add(new ArrayList<>());
        }
        records.forEach(record -> byShard.get(record.shard()).add(record));
        byShard.forEach(list -> list.sort(Comparator.comparingLong(LogRecord::offset)));
        List<Long> ends =
                byShard.stream()
                        .map(list -> list.isEmpty() ? 0 : list.getLast().offset() + 1)
                        .toList();
        return new Log(byShard, ends);
    }
}
