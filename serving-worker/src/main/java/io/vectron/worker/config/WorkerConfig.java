package io.vectron.worker.config;

import io.vectron.common.config.ServiceSettings;
import io.vectron.common.config.Setting;
import io.vectron.common.config.Unit;
import io.vectron.common.manage.ManagementConfig;
import io.vectron.common.rpc.Address;
import io.vectron.common.rpc.Exposure;
import io.vectron.replication.SnapshotPolicy;
import io.vectron.replication.Timing;
import io.vectron.replication.Tls;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Settings of a {@code ServingWorker}; {@link #of} has the defaults.
 *
 * @param identity who the worker is and where it listens
 * @param folder everything of this worker lies below; no two workers share one
 * @param placement where to register; null for a worker that is told its replicas by hand
 * @param heartbeat pause between two reports to placement
 * @param memory budgets of memory
 * @param threads numbers of threads
 * @param limits what is refused
 * @param replication timing and snapshots of the replicas
 * @param management where it answers operators
 * @param insecure whether it may listen where other machines reach it
 */
public record WorkerConfig(
        @Setting(value = "Who the worker is and where it listens.", name = "-") Identity identity,
        @Setting(
                        value = "Everything of this worker lies below; no two workers share one.",
                        byDefault = "data/worker")
                Path folder,
        @Setting("Where to register.") @Nullable Address placement,
        @Setting(
                        "Pause between two reports to placement, which takes a worker that is"
                                + " silent for some of them for dead.")
                Duration heartbeat,
        @Setting("Budgets of memory.") Memory memory,
        @Setting("Numbers of threads.") Threads threads,
        @Setting("What is refused.") Limits limits,
        @Setting(value = "The Raft groups of the replicas.", name = "-") Replication replication,
        @Setting("Where operators are answered: health and metrics.") ManagementConfig management,
        @Setting(Exposure.INSECURE) boolean insecure) {

    public WorkerConfig {
        Objects.requireNonNull(identity, "identity");
        folder = folder.toAbsolutePath().normalize();
        if (heartbeat.toMillis() < 1) {
            throw new IllegalArgumentException("heartbeat is below 1 ms: " + heartbeat);
        }
        Objects.requireNonNull(memory, "memory");
        Objects.requireNonNull(threads, "threads");
        Objects.requireNonNull(limits, "limits");
        Objects.requireNonNull(replication, "replication");
        Objects.requireNonNull(management, "management");
        Exposure.requireAllowed("host", identity.host(), insecure);
        Exposure.requireAllowed("management host", management.host(), insecure);
    }

    /** All settings, with their defaults. */
    public static ServiceSettings<WorkerConfig> settings() {
        return ServiceSettings.of(
                "worker",
                of(
                                new Identity("worker-1", "127.0.0.1", 7100, 7150, ""),
                                Path.of("data", "worker"),
                                new Address("127.0.0.1", 7000))
                        .withManagement(ManagementConfig.on(7170)));
    }

    /** All defaults; operators are not answered. */
    public static WorkerConfig of(Identity identity, Path folder, @Nullable Address placement) {
        return new WorkerConfig(
                identity,
                folder,
                placement,
                Duration.ofSeconds(5),
                Memory.defaults(),
                Threads.defaults(),
                Limits.defaults(),
                Replication.defaults(),
                ManagementConfig.OFF,
                false);
    }

    /** The same, answering operators there. */
    public WorkerConfig withManagement(ManagementConfig changed) {
        return new WorkerConfig(
                identity,
                folder,
                placement,
                heartbeat,
                memory,
                threads,
                limits,
                replication,
                changed,
                insecure);
    }

    /** The same, reporting to placement with such pauses. */
    public WorkerConfig withHeartbeat(Duration changed) {
        return new WorkerConfig(
                identity,
                folder,
                placement,
                changed,
                memory,
                threads,
                limits,
                replication,
                management,
                insecure);
    }

    public WorkerConfig withMemory(Memory changed) {
        return new WorkerConfig(
                identity,
                folder,
                placement,
                heartbeat,
                changed,
                threads,
                limits,
                replication,
                management,
                insecure);
    }

    public WorkerConfig withThreads(Threads changed) {
        return new WorkerConfig(
                identity,
                folder,
                placement,
                heartbeat,
                memory,
                changed,
                limits,
                replication,
                management,
                insecure);
    }

    public WorkerConfig withLimits(Limits changed) {
        return new WorkerConfig(
                identity,
                folder,
                placement,
                heartbeat,
                memory,
                threads,
                changed,
                replication,
                management,
                insecure);
    }

    public WorkerConfig withReplication(Replication changed) {
        return new WorkerConfig(
                identity,
                folder,
                placement,
                heartbeat,
                memory,
                threads,
                limits,
                changed,
                management,
                insecure);
    }

    /**
     * Who a worker is.
     *
     * @param id stable; belongs to the folder: a worker that lost its disk gets a new one
     * @param host where its servers listen and others reach it
     * @param grpcPort port of the gRPC server; 0 picks a free one
     * @param raftPort port of the Raft server; stays the same, since the other members know it
     * @param zone failure domain; empty if none is known
     * @param searchOnly whether its replicas follow without a vote, for searches only
     */
    public record Identity(
            @Setting(
                            value =
                                    "Name of the worker, up to 63 of A-Z, a-z, 0-9, '.', '_', '-'."
                                            + " It belongs to the folder: a worker that lost its"
                                            + " disk gets a new one.",
                            required = true)
                    String id,
            @Setting("Address to listen on, and that others reach the worker by.") String host,
            @Setting("Port of the gRPC server; 0 picks a free one.") int grpcPort,
            @Setting(
                            "Port of the Raft server; stays the same for ever, since the"
                                    + " other members know it.")
                    int raftPort,
            @Setting("Failure domain, such as a rack; empty if none is known.") String zone,
            @Setting(
                            "Its replicas answer searches and follow without a vote: one of each"
                                    + " shard, as long as there is room. Not to be changed later.")
                    boolean searchOnly) {
        public Identity {
            requirePort("grpcPort", grpcPort, 0);
            requirePort("raftPort", raftPort, 1);
            if (id.isBlank() || host.isBlank()) {
                throw new IllegalArgumentException("id or host is empty");
            }
            Objects.requireNonNull(zone, "zone");
        }

        /** One whose replicas vote. */
        public Identity(String id, String host, int grpcPort, int raftPort, String zone) {
            this(id, host, grpcPort, raftPort, zone, false);
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
     * @param hotBytes vectors and graph of the newest rows of one replica; full, they are sealed
     * @param hotRows newest rows of one replica, dead ones included; full, they are sealed
     * @param hotTotalBytes vectors and graphs of the newest rows of all replicas that are not being
     *     sealed already; above it the largest are sealed first
     */
    public record Memory(
            @Setting(
                            value = "Blocks of the stores and their write buffers together.",
                            unit = Unit.BYTES)
                    long cacheBytes,
            @Setting(value = "Rows not yet flushed, of all stores.", unit = Unit.BYTES)
                    long writeBufferBytes,
            @Setting(
                            value =
                                    "Vectors and graph in memory of one replica's newest rows;"
                                            + " when they take more, they are sealed into a file.",
                            unit = Unit.BYTES,
                            name = "hotSize")
                    long hotBytes,
            @Setting(
                            "Newest rows of one replica in memory, dead ones included; when there"
                                    + " are more, they are sealed into a file.")
                    int hotRows,
            @Setting(
                            value =
                                    "The same of all replicas together; above it the largest are"
                                            + " sealed first.",
                            unit = Unit.BYTES,
                            byDefault = "a quarter of the heap")
                    long hotTotalBytes) {
        public Memory {
            requirePositive("cacheBytes", cacheBytes);
            requirePositive("writeBufferBytes", writeBufferBytes);
            requirePositive("hotBytes", hotBytes);
            requirePositive("hotRows", hotRows);
            requirePositive("hotTotalBytes", hotTotalBytes);
        }

        /**
         * 256 MiB of cache, 128 MiB of it for writes; 96 MiB and 128 Ki hot rows a replica, a
         * quarter of the heap for those of all.
         */
        public static Memory defaults() {
            long heap = Runtime.getRuntime().maxMemory();
            return new Memory(256L << 20, 128L << 20, 96L << 20, 1 << 17, heap / 4);
        }

        public Memory withHot(long bytes, int rows) {
            return new Memory(cacheBytes, writeBufferBytes, bytes, rows, hotTotalBytes);
        }

        public Memory withHotTotal(long bytes) {
            return new Memory(cacheBytes, writeBufferBytes, hotBytes, hotRows, bytes);
        }
    }

    /**
     * Numbers of threads.
     *
     * @param builders threads that build graphs
     * @param searchers threads that search
     * @param waitingSearches searches that may wait for a thread; more are refused
     */
    public record Threads(
            @Setting(value = "Threads that build graphs.", byDefault = "half the processors")
                    int builders,
            @Setting(value = "Threads that search.", byDefault = "one a processor") int searchers,
            @Setting("Searches that may wait for a thread; more are refused.")
                    int waitingSearches) {
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
    public record Limits(
            @Setting("Replicas of this worker.") int replicas,
            @Setting("Reads of one replica that may wait for a position.") int waitingReads,
            @Setting(
                            "Share of the disk in use from which batches are refused,"
                                    + " above 0 up to 1.")
                    double diskFullShare) {
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

        public Limits withDiskFullShare(double changed) {
            return new Limits(replicas, waitingReads, changed);
        }
    }

    /**
     * Timing, snapshots and safety of the replicas.
     *
     * @param checks when replicas are compared and looked through
     * @param tls how the members of the groups prove that they are
     */
    public record Replication(
            @Setting(
                            value = "How long members of a Raft group wait for one another.",
                            name = "raft")
                    Timing timing,
            @Setting(
                            value =
                                    "When a replica is checkpointed and the Raft log before it is"
                                            + " dropped; whichever comes first.",
                            name = "snapshot")
                    SnapshotPolicy snapshots,
            @Setting(value = "When replicas are looked through for damage.", name = "check")
                    Checks checks,
            @Setting(
                            value =
                                    "Certificates that members of Raft groups show one another;"
                                            + " all three or none. Without them anybody who"
                                            + " reaches the port is taken for a member.",
                            name = "raftTls")
                    RaftTls tls) {
        public Replication {
            Objects.requireNonNull(timing, "timing");
            Objects.requireNonNull(snapshots, "snapshots");
            Objects.requireNonNull(checks, "checks");
            Objects.requireNonNull(tls, "tls");
        }

        /** The defaults of shards, without certificates. */
        public static Replication defaults() {
            return new Replication(
                    Timing.defaults(), SnapshotPolicy.defaults(), Checks.defaults(), RaftTls.NONE);
        }

        public Replication withSnapshots(SnapshotPolicy changed) {
            return new Replication(timing, changed, checks, tls);
        }

        public Replication withChecks(Checks changed) {
            return new Replication(timing, snapshots, changed, tls);
        }
    }

    /**
     * When replicas are looked through for damage.
     *
     * @param digests a shard that changed is compared with its other replicas once in this time
     * @param scrub pause between two scrubs of the same replica
     * @param scrubBytesPerSecond most bytes that scrubs read in a second
     */
    public record Checks(
            @Setting(
                            "The members of a group that changed compare their digests once in"
                                    + " this time, besides at every 65,536th position.")
                    Duration digests,
            @Setting(
                            "Pause between two scrubs of a replica: all of its rows and files are"
                                    + " read and compared with their checksums and digests.")
                    Duration scrub,
            @Setting(
                            value = "Read by scrubs in a second, at most.",
                            unit = Unit.BYTES,
                            name = "scrubRate")
                    long scrubBytesPerSecond) {
        public Checks {
            requirePositive("digests", digests.toMillis());
            requirePositive("scrub", scrub.toMillis());
            requirePositive("scrubBytesPerSecond", scrubBytesPerSecond);
        }

        /** Digests every minute, a scrub a day at 32 MiB a second. */
        public static Checks defaults() {
            return new Checks(Duration.ofMinutes(1), Duration.ofDays(1), 32L << 20);
        }
    }

    /** Files with certificates; all or none. See {@link Tls}. */
    public record RaftTls(
            @Setting("Private key, PKCS 8 in PEM.") @Nullable Path key,
            @Setting(
                            "Certificate of this worker with those between it and an authority,"
                                    + " PEM; it names the host.")
                    @Nullable Path certificate,
            @Setting("Certificates of the authorities that sign those of members, PEM.")
                    @Nullable Path authorities) {
        /** No certificates. */
        public static final RaftTls NONE = new RaftTls(null, null, null);

        public RaftTls {
            boolean none = key == null && certificate == null && authorities == null;
            boolean all = key != null && certificate != null && authorities != null;
            if (!none && !all) {
                throw new IllegalArgumentException(
                        "key, certificate and authorities: all three or none");
            }
        }

        /** As the groups take it; null if there is none. */
        public @Nullable Tls tls() {
            return key == null || certificate == null || authorities == null
                    ? null
                    : new Tls(key, certificate, authorities);
        }
    }

    private static void requirePositive(String name, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " is not positive: " + value);
        }
    }
}
