package io.vectron.worker.config;

import io.vectron.common.manage.ManagementConfig;
import io.vectron.common.rpc.Address;
import io.vectron.replication.SnapshotPolicy;
import io.vectron.replication.Timing;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Settings of a {@code ServingWorker}; {@link #of} has the defaults.
 *
 * @param identity who the worker is and where it listens
 * @param folder everything of this worker lies below; no two workers share one
 * @param placement where to register; null for a worker that is told its replicas by hand
 * @param memory budgets of memory
 * @param threads numbers of threads
 * @param limits what is refused
 * @param replication timing and snapshots of the replicas
 * @param management where it answers operators
 */
public record WorkerConfig(
        Identity identity,
        Path folder,
        @Nullable Address placement,
        Memory memory,
        Threads threads,
        Limits limits,
        Replication replication,
        ManagementConfig management) {

    public WorkerConfig {
        Objects.requireNonNull(identity, "identity");
        folder = folder.toAbsolutePath().normalize();
        Objects.requireNonNull(memory, "memory");
        Objects.requireNonNull(threads, "threads");
        Objects.requireNonNull(limits, "limits");
        Objects.requireNonNull(replication, "replication");
        Objects.requireNonNull(management, "management");
    }

    /** All defaults; operators are not answered. */
    public static WorkerConfig of(Identity identity, Path folder, @Nullable Address placement) {
        return new WorkerConfig(
                identity,
                folder,
                placement,
                Memory.defaults(),
                Threads.defaults(),
                Limits.defaults(),
                Replication.defaults(),
                ManagementConfig.OFF);
    }

    /** The same, answering operators there. */
    public WorkerConfig withManagement(ManagementConfig changed) {
        return new WorkerConfig(
                identity, folder, placement, memory, threads, limits, replication, changed);
    }

    public WorkerConfig withMemory(Memory changed) {
        return new WorkerConfig(
                identity, folder, placement, changed, threads, limits, replication, management);
    }

    public WorkerConfig withThreads(Threads changed) {
        return new WorkerConfig(
                identity, folder, placement, memory, changed, limits, replication, management);
    }

    public WorkerConfig withLimits(Limits changed) {
        return new WorkerConfig(
                identity, folder, placement, memory, threads, changed, replication, management);
    }

    public WorkerConfig withReplication(Replication changed) {
        return new WorkerConfig(
                identity, folder, placement, memory, threads, limits, changed, management);
    }

    /**
     * Who a worker is.
     *
     * @param id stable; belongs to the folder: a worker that lost its disk gets a new one
     * @param host where its servers listen and others reach it
     * @param grpcPort port of the gRPC server; 0 picks a free one
     * @param raftPort port of the Raft server; stays the same, since the other members know it
     * @param zone failure domain; empty if none is known
     */
    public record Identity(String id, String host, int grpcPort, int raftPort, String zone) {
        public Identity {
            requirePort("grpcPort", grpcPort, 0);
            requirePort("raftPort", raftPort, 1);
            if (id.isBlank() || host.isBlank()) {
                throw new IllegalArgumentException("id or host is empty");
            }
            Objects.requireNonNull(zone, "zone");
        }

        private static void requirePort(String name, int port, int least) {
            if (port < least || port > 65_535) {
                throw new IllegalArgumentException(
                        name + " is not within " + least + " to 65535: " + port);
            }
        }
    }

    /**
     * Budgets of memory, bytes.
     *
     * @param cacheBytes blocks of the stores and their write buffers together
     * @param writeBufferBytes rows not yet flushed, of all stores
     * @param slabBytes vectors and graph of one replica
     * @param slabRows rows of one replica, dead ones included
     */
    public record Memory(long cacheBytes, long writeBufferBytes, long slabBytes, int slabRows) {
        public Memory {
            requirePositive("cacheBytes", cacheBytes);
            requirePositive("writeBufferBytes", writeBufferBytes);
            requirePositive("slabBytes", slabBytes);
            requirePositive("slabRows", slabRows);
        }

        /** 256 MiB of cache, 128 MiB of it for writes; 4 GiB and 1 Mi rows a replica. */
        public static Memory defaults() {
            return new Memory(256L << 20, 128L << 20, 4L << 30, 1 << 20);
        }

        public Memory withSlab(long bytes, int rows) {
            return new Memory(cacheBytes, writeBufferBytes, bytes, rows);
        }
    }

    /**
     * Numbers of threads.
     *
     * @param builders threads that build graphs
     * @param searchers threads that search
     * @param waitingSearches searches that may wait for a thread; more are refused
     */
    public record Threads(int builders, int searchers, int waitingSearches) {
        public Threads {
            requirePositive("builders", builders);
            requirePositive("searchers", searchers);
            requirePositive("waitingSearches", waitingSearches);
        }

        /** A searcher each processor, half as many builders, 1,024 waiting searches. */
        public static Threads defaults() {
            int processors = Runtime.getRuntime().availableProcessors();
            return new Threads(Math.max(1, processors / 2), processors, 1_024);
        }
    }

    /**
     * What is refused.
     *
     * @param replicas replicas of a worker
     * @param waitingReads reads of one replica that may wait for a position
     * @param diskFullShare share of the disk in use from which batches are refused, 0 to 1
     */
    public record Limits(int replicas, int waitingReads, double diskFullShare) {
        public Limits {
            requirePositive("replicas", replicas);
            requirePositive("waitingReads", waitingReads);
            if (!(diskFullShare > 0 && diskFullShare <= 1)) {
                throw new IllegalArgumentException(
                        "diskFullShare is not within 0 to 1: " + diskFullShare);
            }
        }

        /** 256 replicas, 10,000 waiting reads a replica, 95 % of the disk. */
        public static Limits defaults() {
            return new Limits(256, 10_000, 0.95);
        }
    }

    /** Timing and snapshots of the replicas. */
    public record Replication(Timing timing, SnapshotPolicy snapshots) {
        public Replication {
            Objects.requireNonNull(timing, "timing");
            Objects.requireNonNull(snapshots, "snapshots");
        }

        /** The defaults of shards. */
        public static Replication defaults() {
            return new Replication(Timing.defaults(), SnapshotPolicy.defaults());
        }
    }

    private static void requirePositive(String name, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " is not positive: " + value);
        }
    }
}
