package io.vectron.ingest.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.vectron.common.rpc.Address;
import io.vectron.common.rpc.Channels;
import io.vectron.common.rpc.FreePort;
import io.vectron.ingest.feed.ShardFeed;
import io.vectron.proto.log.v1.CollectionFacts;
import io.vectron.proto.worker.v1.Applied;
import io.vectron.proto.worker.v1.ApplyBatchRequest;
import io.vectron.proto.worker.v1.ApplyBatchResponse;
import io.vectron.proto.worker.v1.NotLeader;
import io.vectron.proto.worker.v1.WorkerServiceGrpc;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One call finds the leader, as far as somebody knows it. */
class WorkersTest {
    private static final String HOST = "127.0.0.1";
    private static final String GROUP = "group";

    private final Map<String, Address> addresses = new LinkedHashMap<>();
    private final List<Server> servers = new ArrayList<>();
    private final Channels channels = new Channels();
    private final Routes routes = new Routes();
    private final Workers workers = new Workers(channels, routes, Duration.ofSeconds(20));

    @AfterEach
    void stop() {
        channels.close();
        servers.forEach(Server::shutdownNow);
    }

    @Test
    void aDeadLeaderAndAFollowerThatKnowsTheNewOneCostOneCall() throws Exception {
        dead("a");
        AtomicInteger follower = member("b", notLeader("c"));
        AtomicInteger leader = member("c", applied());
        view("a");
        assertThat(apply().hasApplied()).isTrue();
        assertThat(leader).hasValue(1);
        assertThat(follower).hasValueLessThanOrEqualTo(1);
        assertThat(routes.target(GROUP)).isEqualTo(addresses.get("c"));
    }

    @Test
    void whoHasNoLeaderIsNotAskedAgainAndAgain() throws Exception {
        AtomicInteger first = member("a", notLeader(""));
        AtomicInteger second = member("b", notLeader(""));
        view("a");
        assertThat(apply().hasNotLeader()).isTrue();
        assertThat(first.get() + second.get()).isEqualTo(1);
        assertThat(apply().hasNotLeader()).isTrue();
        assertThat(first).hasValue(1); // the other one in its turn
        assertThat(second).hasValue(1);
    }

    @Test
    void membersThatNameOneAnotherAreAskedOnceMoreAtMost() throws Exception {
        AtomicInteger first = member("a", notLeader("b"));
        AtomicInteger second = member("b", notLeader("a"));
        view("a");
        assertThat(apply().hasNotLeader()).isTrue();
        assertThat(first.get() + second.get()).isEqualTo(3);
    }

    private ApplyBatchResponse apply() throws Exception {
        return workers.apply(GROUP, ApplyBatchRequest.getDefaultInstance())
                .get(20, TimeUnit.SECONDS);
    }

    private void view(String leader) {
        CollectionFacts facts =
                CollectionFacts.newBuilder().setName("n").setTopic("t").setShards(1).build();
        ShardFeed feed = new ShardFeed(facts, "id", 0, 1, GROUP, 1);
        ShardView shard = new ShardView(feed, true, List.copyOf(addresses.keySet()));
        routes.view(
                new ViewIndex(
                        1, Map.of(GROUP, shard), addresses, Set.of("n"), Map.of(GROUP, leader)));
    }

    /** A port that nobody listens on. */
    private void dead(String name) throws IOException {
        addresses.put(name, new Address(HOST, FreePort.any()));
    }

    /** A member that gives one answer, and counts how often. */
    private AtomicInteger member(String name, ApplyBatchResponse answer) throws IOException {
        AtomicInteger calls = new AtomicInteger();
        Server server =
                NettyServerBuilder.forAddress(
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                        .addService(
                                new WorkerServiceGrpc.WorkerServiceImplBase() {
                                    @Override
                                    public void applyBatch(
                                            ApplyBatchRequest request,
                                            StreamObserver<ApplyBatchResponse> to) {
                                        calls.incrementAndGet();
                                        to.onNext(answer);
                                        to.onCompleted();
                                    }
                                })
                        .build()
                        .start();
        servers.add(server);
        addresses.put(name, new Address(HOST, server.getPort()));
        return calls;
    }

    private static ApplyBatchResponse notLeader(String leader) {
        return ApplyBatchResponse.newBuilder()
                .setNotLeader(NotLeader.newBuilder().setLeader(leader))
                .build();
    }

    private static ApplyBatchResponse applied() {
        return ApplyBatchResponse.newBuilder()
                .setApplied(Applied.newBuilder().setPosition(1))
                .build();
    }
}
