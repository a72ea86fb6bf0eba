package io.vectron.worker.shard;

import java.io.IOException;

/**
 * This replica's index has no room for what the log says. It cannot be a reply, since other
 * replicas may have room; so the replica stops, unchanged, and goes on from the same entry when it
 * is started with more room. The leader refuses batches long before that, see {@code SLAB_FULL}.
 */
public final class IndexFullException extends IOException {
    public IndexFullException(String shard, int rows) {
        super("the index of " + shard + " has no room for " + rows + " more rows");
    }
}
