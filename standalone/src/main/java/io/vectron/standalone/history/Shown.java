package io.vectron.standalone.history;

/**
 * A point in an answer.
 *
 * @param version offset of the record that the answer says it was written by
 * @param stamp of the value; {@link #UNKNOWN} if what was shown is no value that anybody wrote
 */
public record Shown(int shard, String key, long version, long stamp) {
    /** Neither vector nor payload are those of a write. */
    public static final long UNKNOWN = -1;
}
