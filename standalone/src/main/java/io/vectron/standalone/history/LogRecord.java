package io.vectron.standalone.history;

/**
 * A record of the log, as read back.
 *
 * @param shard partition
 * @param offset place in it: the version that the record gives its key
 */
public record LogRecord(int shard, long offset, String key, Change change) {
    /** Refuses impossible places. */
    public LogRecord {
        if (shard < 0 || offset < 0) {
            throw new IllegalArgumentException("no place in a log: " + shard + "/" + offset);
        }
    }

    @Override
    public String toString() {
        return "record "
                + shard
                + "/"
                + offset
                + " ("
                + key
                + switch (change) {
                    case Change.Put put -> " = " + put.stamp();
                    case Change.Delete _ -> " deleted";
                }
                + ")";
    }
}
