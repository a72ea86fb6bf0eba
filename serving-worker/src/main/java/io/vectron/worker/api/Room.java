package io.vectron.worker.api;

import io.vectron.proto.worker.v1.WorkerCapacity;
import java.util.Objects;

/**
 * What a worker has room for.
 *
 * @param disk how full the disk is
 * @param diskFullShare share of the disk in use from which batches are refused, above 0 up to 1
 * @param replicas most replicas
 */
public record Room(DiskSpace disk, double diskFullShare, int replicas) {
    public Room {
        Objects.requireNonNull(disk, "disk");
        if (!(diskFullShare > 0 && diskFullShare <= 1)) {
            throw new IllegalArgumentException(
                    "diskFullShare is not within 0 to 1: " + diskFullShare);
        }
        if (replicas < 1) {
            throw new IllegalArgumentException("replicas is not positive: " + replicas);
        }
    }

    /** Whether batches are refused. Asks the file system. */
    public boolean diskFull() {
        return disk.usage().share() >= diskFullShare;
    }

    /** All of it, as others are told. Asks the file system. */
    public WorkerCapacity capacity() {
        DiskSpace.Usage usage = disk.usage();
        return WorkerCapacity.newBuilder()
                .setDiskBytes(usage.bytes())
                .setDiskUsedBytes(usage.usedBytes())
                .setReplicaLimit(replicas)
                .setDiskFull(usage.share() >= diskFullShare)
                .build();
    }
}
