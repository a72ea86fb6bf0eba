package io.vectron.placement;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.StatusRuntimeException;
import io.vectron.common.error.ErrorCode;
import io.vectron.common.error.GrpcErrors;
import io.vectron.common.error.VectronException;
import io.vectron.common.manage.ManagementConfig;
import io.vectron.common.rpc.Address;
import io.vectron.common.rpc.Channels;
import io.vectron.common.rpc.FreePort;
import io.vectron.placement.config.KafkaSettings;
import io.vectron.placement.config.Member;
import io.vectron.placement.config.PlacementConfig;
import io.vectron.placement.config.PlacementLimits;
import io.vectron.placement.config.PlanSettings;
import io.vectron.placement.config.RepairSettings;
import io.vectron.placement.fake.FakeKafka;
import io.vectron.placement.fake.FakeWorkers;
import io.vectron.proto.log.v1.Metric;
import io.vectron.proto.log.v1.VectorSpec;
import io.vectron.proto.placement.v1.CreateCollectionRequest;
import io.vectron.proto.placement.v1.PlacementServiceGrpc;
import io.vectron.proto.placement.v1.RegisterWorkerRequest;
import io.vectron.proto.placement.v1.Worker;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Three nodes: one leads, the others say who; when it is gone another takes over. */
@Timeout(120)
final class PlacementGroupTest {
    private static final String HOST = "127.0.0.1";

    @TempDir Path folder;

    private final FakeKafka kafka = new FakeKafka();
    private final FakeWorkers workers = new FakeWorkers();
    private final Channels channels = new Channels();
    private final HttpClient http = HttpClient.newHttpClient();
    private final List<Member> members = new ArrayList<>();
    private final Map<Address, PlacementNode> nodes = new LinkedHashMap<>();

    @AfterEach
    void stop() {
        channels.close();
        nodes.values().forEach(PlacementNode::close);
    }

    @Test
    void oneLeadsAndAnotherTakesOver() throws Exception {
        startThree();
        // A machine that pauses may have them elect another at any time.
        await(() -> {
            Address leader = registerSomewhere("worker-1", 7101);
            return nodes.keySet().stream()
                    .filter(other -> !other.equals(leader))
                    .allMatch(other -> pointsTo(leader, register(other, "worker-1", 7101)));
        });
        Address leader = createSomewhere("before");
        Objects.requireNonNull(nodes.remove(leader)).close();

        Address next = registerSomewhere("worker-2", 7102);
        assertThat(next).isNotEqualTo(leader);
        createSomewhere("after");
        assertThat(workers.count()).isEqualTo(2);
        assertThat(kafka.catalogue()).hasSize(2);
    }

    /** A node that knows no leader can neither answer nor send callers to who can. */
    @Test
    void withoutALeaderANodeIsNotReadyUntilThereIsOne() throws Exception {
        startThree();
        Address leader = registerSomewhere("worker-1", 7101);
        for (PlacementNode node : nodes.values()) {
            await(() -> ready(node).statusCode() == 200);
        }
        List<Address> others = new ArrayList<>(nodes.keySet());
        others.remove(leader);
        PlacementNode left = Objects.requireNonNull(nodes.get(others.getFirst()));
        Objects.requireNonNull(nodes.remove(others.getLast())).close();
        Objects.requireNonNull(nodes.remove(leader)).close();

        await(() -> ready(left).statusCode() == 503);
        assertThat(ready(left).body())
                .contains("\"name\":\"leader\",\"ready\":false")
                .contains("\"name\":\"grpc\",\"ready\":true");

        start(member(leader)).call();
        await(() -> ready(left).statusCode() == 200);
    }

    private Member member(Address address) {
        return members.stream()
                .filter(member -> member.port() == address.port())
                .findFirst()
                .orElseThrow();
    }

    private void startThree() throws Exception {
        for (int i = 1; i <= 3; i++) {
            members.add(new Member("p-" + i, HOST, freePort(), freePort()));
        }
        try (ExecutorService starters = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> starting = new ArrayList<>();
            for (Member member : members) {
                starting.add(starters.submit(start(member)));
            }
            for (Future<?> started : starting) {
                started.get();
            }
        }
    }

    /** Adds a node; what is returned starts it. */
    private Callable<Integer> start(Member member) {
        PlacementConfig config =
                new PlacementConfig(
                        member,
                        members.stream().filter(other -> !other.equals(member)).toList(),
                        folder.resolve(member.id()),
                        KafkaSettings.at("fake:9092"),
                        PlacementLimits.defaults(),
                        PlanSettings.defaults(),
                        RepairSettings.defaults(),
                        ManagementConfig.on(0),
                        false);
        PlacementNode node =
                new PlacementNode(
                        config,
                        new Outside(
                                kafka.admin(point -> {}),
                                kafka.catalogue(point -> {}),
                                workers.client(point -> {})));
        nodes.put(new Address(HOST, member.port()), node);
        return () -> {
            node.start();
            return node.port();
        };
    }

    private HttpResponse<String> ready(PlacementNode node) {
        URI page = URI.create("http://" + HOST + ":" + node.managementPort() + "/readyz");
        return http.sendAsync(HttpRequest.newBuilder(page).build(), BodyHandlers.ofString()).join();
    }

    /** Bounded by the timeout of the test. */
    private static void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    private static boolean pointsTo(Address leader, @Nullable VectronException told) {
        return told != null
                && told.code() == ErrorCode.NOT_LEADER
                && leader.toString().equals(told.metadata().get("leader"));
    }

    private Address registerSomewhere(String id, int port) {
        return somewhere(node -> register(node, id, port));
    }

    private Address createSomewhere(String name) {
        return somewhere(node -> create(node, name));
    }

    /** Asks all nodes, again and again, until one has no error to tell; returns which. */
    private Address somewhere(Function<Address, @Nullable VectronException> call) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (System.nanoTime() < deadline) {
            for (Address node : nodes.keySet()) {
                if (call.apply(node) == null) {
                    return node;
                }
            }
        }
        throw new AssertionError("no node leads");
    }

    private @Nullable VectronException register(Address node, String id, int port) {
        Worker worker =
                Worker.newBuilder()
                        .setId(id)
                        .setHost(HOST)
                        .setPort(port)
                        .setRaftPort(port + 50)
                        .build();
        try {
            api(node).registerWorker(RegisterWorkerRequest.newBuilder().setWorker(worker).build());
            return null;
        } catch (StatusRuntimeException failed) {
            return GrpcErrors.fromGrpc(failed);
        }
    }

    private @Nullable VectronException create(Address node, String name) {
        CreateCollectionRequest request =
                CreateCollectionRequest.newBuilder()
                        .setName(name)
                        .addVectors(
                                VectorSpec.newBuilder()
                                        .setDimension(2)
                                        .setMetric(Metric.METRIC_EUCLIDEAN))
                        .build();
        try {
            api(node).createCollection(request);
            return null;
        } catch (StatusRuntimeException failed) {
            VectronException error = GrpcErrors.fromGrpc(failed);
            assertThat(error.code()).isEqualTo(ErrorCode.NOT_LEADER);
            return error;
        }
    }

    private PlacementServiceGrpc.PlacementServiceBlockingStub api(Address node) {
        return PlacementServiceGrpc.newBlockingStub(channels.to(node))
                .withDeadlineAfter(20, TimeUnit.SECONDS);
    }

    private static int freePort() throws IOException {
        return FreePort.any();
    }
}
