package io.vectron.common.log;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.UUID;

/** Ids of the Raft groups that hold shards. */
public final class GroupIds {
    private GroupIds() {}

    /**
     * Group of one shard of one generation.
     *
     * @param collectionId id of the collection
     * @param generation number of the generation, from 1
     * @param shard partition number, from 0
     * @param incarnation grows when the shard lost its quorum for good and starts anew
     */
    public static UUID of(UUID collectionId, int generation, int shard, int incarnation) {
        if (generation < 1 || shard < 0 || incarnation < 0) {
            throw new IllegalArgumentException(
                    "no such shard: generation "
                            + generation
                            + ", shard "
                            + shard
                            + ", incarnation "
                            + incarnation);
        }
        String name =
                "vectron:" + collectionId + ":" + generation + ":" + shard + ":" + incarnation;
        return UUID.nameUUIDFromBytes(name.getBytes(UTF_8));
    }
}
