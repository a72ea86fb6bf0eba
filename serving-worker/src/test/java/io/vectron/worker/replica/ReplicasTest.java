package io.vectron.worker.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectron.common.rpc.FreePort;
import io.vectron.index.BuilderPool;
import io.vectron.index.IndexLimits;
import io.vectron.proto.log.v1.IndexParameters;
import io.vectron.proto.log.v1.Metric;
import io.vectron.proto.worker.v1.AddReplicaRequest;
import io.vectron.proto.worker.v1.Member;
import io.vectron.replication.GroupId;
import io.vectron.replication.GroupStatus;
import io.vectron.replication.Peer;
import io.vectron.replication.PeerId;
import io.vectron.replication.ReplicationConfig;
import io.vectron.worker.shard.Entries;
import io.vectron.worker.shard.ShardFacts;
import io.vectron.worker.storage.RocksResources;
import io.vectron.worker.trace.TraceMemory;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is told of replicas while they come and go. */
@Timeout(60)
class ReplicasTest {
    @TempDir Path folder;
    private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();
    private final BuilderPool builders = new BuilderPool(1);
    private final TraceMemory memory =
            new TraceMemory(TraceMemory.DEFAULT_WEIGHT, TraceMemory.DEFAULT_AGE);
    private final CountDownLatch opening = new CountDownLatch(1);
    private final CountDownLatch mayOpen = new CountDownLatch(1);
    private final Scrubber scrubber = new Scrubber(Duration.ofDays(1), 1 << 30);
    private RocksResources resources;
    private Replicas replicas;
    private int raftPort;

    @BeforeEach
    void start() throws Exception {
        raftPort = FreePort.any();
        resources = new RocksResources(16 << 20, 8 << 20);
        Peer self = new Peer(new PeerId("w1"), "127.0.0.1", raftPort);
        replicas =
                new Replicas(
                        folder.resolve("replicas"),
                        ReplicationConfig.of(self, folder.resolve("raft")),
                        this::replica,
                        10);
        replicas.start();
    }

    @AfterEach
    void stop() throws Exception {
        mayOpen.countDown();
        replicas.close();
        scrubber.close();
        builders.close();
        resources.close();
        callers.close();
    }

    @Test
    void oneThatIsBeingAddedIsNotMissing() throws Exception {
        Future<?> adding = add();
        opening.await();
        assertThat(replicas.all()).hasSize(1);
        assertThat(lifecycle()).isNotEqualTo(GroupStatus.Lifecycle.RUNNING);

        assertThat(replicas.notRunning()).isEmpty();

        mayOpen.countDown();
        adding.get();
        assertThat(replicas.all()).allMatch(ShardReplica::isOpen);
        assertThat(replicas.notRunning()).isEmpty();
    }

    @Test
    void oneThatIsBeingRemovedIsNotMissing() throws Exception {
        mayOpen.countDown();
        add().get();
        ShardReplica replica = replicas.all().getFirst();
        CompletableFuture<Void> read = new CompletableFuture<>();
        CountDownLatch reading = new CountDownLatch(1);
        Future<?> reader =
                callers.submit(() ->
                        replica.readStill(state -> {
                            reading.countDown();
                            return read.join();
                        }));
        reading.await();

        Future<?> removing =
                callers.submit(() -> {
                    replicas.remove(Entries.GROUP);
                    return null;
                });
        while (lifecycle() == GroupStatus.Lifecycle.RUNNING) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
        assertThat(replicas.all()).as("it waits for the read to end").containsExactly(replica);

        assertThat(replicas.notRunning()).isEmpty();

        read.complete(null);
        reader.get();
        removing.get();
        assertThat(replicas.all()).isEmpty();
    }

    @Test
    void oneWhoseGroupStoppedIsMissing() throws Exception {
        mayOpen.countDown();
        add().get();

        replicas.node().removeGroup(new GroupId(Entries.GROUP));

        assertThat(replicas.notRunning()).isEqualTo(replicas.all()).hasSize(1);
    }

    private Future<?> add() {
        AddReplicaRequest request =
                AddReplicaRequest.newBuilder()
                        .setGroup(Entries.GROUP.toString())
                        .setFacts(Entries.collection(Metric.METRIC_EUCLIDEAN, 2))
                        .setTopicId(Entries.TOPIC_ID)
                        .setShard(Entries.PARTITION)
                        .setGeneration(1)
                        .setEpoch(Entries.EPOCH)
                        .addMembers(
                                Member.newBuilder()
                                        .setWorker("w1")
                                        .setHost("127.0.0.1")
                                        .setRaftPort(raftPort))
                        .build();
        return callers.submit(() -> {
            replicas.add(request);
            return null;
        });
    }

    private GroupStatus.Lifecycle lifecycle() {
        return replicas.node().status(new GroupId(Entries.GROUP)).lifecycle();
    }

    private ShardReplica replica(ShardFacts facts, IndexParameters parameters) {
        VectorPointIndex.Maker maker =
                VectorPointIndex.maker(
                        facts, IndexLimits.DEFAULT.withHotRows(100), parameters, builders);
        return new ShardReplica(
                facts,
                resources,
                (index, owner) -> {
                    awaitPermission();
                    return maker.open(index, owner);
                },
                scrubber,
                10,
                memory,
                InstantSource.system());
    }

    private void awaitPermission() {
        opening.countDown();
        try {
            mayOpen.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
