package io.vectron.standalone.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectron.common.rpc.Address;
import io.vectron.proto.log.v1.Metric;
import io.vectron.proto.log.v1.VectorSpec;
import io.vectron.proto.v1.CreateCollectionRequest;
import io.vectron.proto.v1.SearchResponse;
import io.vectron.proto.v1.WriteToken;
import io.vectron.proto.worker.v1.ListReplicasRequest;
import io.vectron.proto.worker.v1.ReplicaStatus;
import io.vectron.proto.worker.v1.Role;
import io.vectron.proto.worker.v1.WorkerServiceGrpc;
import io.vectron.standalone.cluster.Cluster;
import io.vectron.standalone.cluster.ClusterPlace;
import io.vectron.standalone.cluster.Service;
import io.vectron.standalone.cluster.ServiceState;
import io.vectron.standalone.port.Part;
import io.vectron.standalone.port.PortLayout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real processes: the worker that leads a shard is killed under load. */
@SuppressWarnings("NullAway.Init")
class KilledLeaderIT {
    private static final String NAME = "killed";
    private static final List<Service> WORKERS =
            List.of(Service.WORKER, Service.WORKER_2, Service.WORKER_3);

    /** Alone on a machine it is 8 s; others may be at work on that of the tests. */
    private static final Duration APPLIED_AGAIN =
            Duration.ofSeconds(Integer.getInteger("vectron.test.failover.seconds", 30));

    @TempDir Path folder;

    private ClusterPlace place;
    private Cluster cluster;

    @AfterEach
    void stop() throws Exception {
        cluster.stop(List.of(Service.values()), (service, killed) -> {});
    }

    @Test
    void noSearchFailsAndWritesAreAppliedAgain() throws Exception {
        place = new ClusterPlace(folder, PortLayout.free(), WORKERS.size(), null);
        place.write();
        cluster = Cluster.at(place);
        var _ = cluster.start(place.services(), Await.DEADLINE, service -> {});
        try (Client client = new Client(place.ports())) {
            create(client);
            AtomicInteger written = new AtomicInteger();
            for (int i = 0; i < 50; i++) {
                write(client, written);
            }
            client.awaitCaughtUp(NAME);
            AtomicBoolean ends = new AtomicBoolean();
            AtomicInteger searches = new AtomicInteger();
            List<CompletableFuture<Void>> load = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                load.add(CompletableFuture.runAsync(() -> search(client, ends, searches)));
            }
            load.add(
                    CompletableFuture.runAsync(() -> {
                        while (!ends.get()) {
                            write(client, written);
                        }
                    }));
            Service leader = leader(client);
            int searchesBefore = searches.get();
            kill(leader);
            long killed = System.nanoTime();
            WriteToken token = write(client, written);
            assertThat(client.search(NAME, 1, List.of(token), 1, 1).getPartial()).isFalse();
            Duration again = Duration.ofNanos(System.nanoTime() - killed);
            ends.set(true);
            for (CompletableFuture<Void> one : load) {
                one.get(Await.DEADLINE.toSeconds(), TimeUnit.SECONDS); // fails if a search did
            }
            assertThat(searches.get()).isGreaterThan(searchesBefore + 10);
            assertThat(again).as("applied again after").isLessThan(APPLIED_AGAIN);
            System.out.println(
                    "killed "
                            + leader
                            + ": applied again after "
                            + again.toMillis()
                            + " ms, "
                            + searches
                            + " searches, none failed");
            bringBack(client);
            Await.until("all points", () -> client.describe(NAME).getPoints() == written.get());
        }
    }

    private static void create(Client client) {
        VectorSpec.Builder vector =
                VectorSpec.newBuilder().setDimension(2).setMetric(Metric.METRIC_EUCLIDEAN);
        var _ =
                client.collections()
                        .createCollection(
                                CreateCollectionRequest.newBuilder()
                                        .setName(NAME)
                                        .addVectors(vector)
                                        .setReplicationFactor(3)
                                        .build());
    }

    /** Starts the killed worker, and waits until it has what the others have. */
    private void bringBack(Client client) throws Exception {
        var _ = cluster.start(place.services(), Await.DEADLINE, service -> {});
        client.awaitCaughtUp(NAME);
        Await.until(
                "all members have all",
                () ->
                        WORKERS.stream()
                                        .map(worker -> replica(client, worker))
                                        .map(it -> it.getPosition() + it.getDigest())
                                        .distinct()
                                        .count()
                                == 1);
    }

    private static void search(Client client, AtomicBoolean ends, AtomicInteger searches) {
        while (!ends.get()) {
            SearchResponse found = client.search(NAME, 3, List.of(), 1, 1);
            assertThat(found.getPartial()).isFalse();
            assertThat(found.getResultsCount()).isEqualTo(3);
            searches.incrementAndGet();
        }
    }

    private static WriteToken write(Client client, AtomicInteger written) {
        int number = written.getAndIncrement();
        return client.upsert(NAME, "p" + number, Points.point(1, number));
    }

    private Service leader(Client client) throws Exception {
        return Await.value(
                        "a leader",
                        () ->
                                WORKERS.stream()
                                        .filter(it ->
                                                replica(client, it).getRole() == Role.ROLE_LEADER)
                                        .toList(),
                        leaders -> leaders.size() == 1)
                .getFirst();
    }

    private ReplicaStatus replica(Client client, Service worker) {
        Part.WorkerParts parts = Part.worker(WORKERS.indexOf(worker) + 1);
        Address address = new Address(PortLayout.HOST, place.ports().port(parts.grpc()));
        List<ReplicaStatus> all =
                WorkerServiceGrpc.newBlockingStub(client.channels().to(address))
                        .withDeadlineAfter(Await.DEADLINE.toSeconds(), TimeUnit.SECONDS)
                        .withWaitForReady()
                        .listReplicas(ListReplicasRequest.getDefaultInstance())
                        .getReplicasList();
        return all.isEmpty() ? ReplicaStatus.getDefaultInstance() : all.getFirst();
    }

    private void kill(Service service) throws Exception {
        for (ServiceState state : cluster.status()) {
            if (state.service() == service) {
                assertThat(ProcessHandle.of(state.pid()).orElseThrow().destroyForcibly()).isTrue();
            }
        }
    }
}
