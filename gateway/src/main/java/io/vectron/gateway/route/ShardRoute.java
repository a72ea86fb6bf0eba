package io.vectron.gateway.route;

import io.vectron.common.rpc.Address;
import java.util.List;

/**
 * Where one shard of the active generation can be read.
 *
 * @param shard partition number
 * @param group Raft group, a UUID
 * @param epoch number of the membership, as placement knows it
 * @param replicas workers that hold a replica and whose address is known; may be empty
 */
public record ShardRoute(int shard, String group, long epoch, List<Replica> replicas) {

    /** Refuses nonsense. */
    public ShardRoute {
        if (shard < 0 || group.isEmpty()) {
            throw new IllegalArgumentException("no shard: " + shard + ", group '" + group + "'");
        }
        replicas = List.copyOf(replicas);
    }

    /**
     * A replica of the shard.
     *
     * @param worker id of the worker
     * @param address where its gRPC service listens
     */
    public record Replica(String worker, Address address) {}
}
