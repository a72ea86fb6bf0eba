package io.vectron.common.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.vectron.common.error.ErrorCode;
import io.vectron.common.error.GrpcErrors;
import io.vectron.common.error.VectronException;
import io.vectron.proto.placement.v1.CreateCollectionRequest;
import io.vectron.proto.placement.v1.DeleteCollectionRequest;
import io.vectron.proto.placement.v1.PlacementServiceGrpc;
import io.vectron.proto.placement.v1.PlacementServiceGrpc.PlacementServiceBlockingStub;
import io.vectron.proto.placement.v1.View;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class RpcTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Channels channels = new Channels();

    @AfterEach
    void closeChannels() {
        channels.close();
    }

    @Test
    void followsTheView() throws Exception {
        try (FakePlacement placement = new FakePlacement(1);
                ViewWatcher watcher = watcher(placement.address())) {
            BlockingQueue<Long> heard = new LinkedBlockingQueue<>();
            assertThat(version(watcher.start().awaitVersion(1, PATIENCE))).isEqualTo(1);
            watcher.addListener(view -> heard.add(view.getVersion()));
            await(() -> placement.watchers() == 1);
            placement.publish(2);
            placement.publish(3);

            assertThat(version(watcher.awaitVersion(3, PATIENCE))).isEqualTo(3);
            assertThat(watcher.ready()).isTrue();
            assertThat(next(heard)).isEqualTo(1);
            assertThat(next(heard)).isEqualTo(2);
            assertThat(next(heard)).isEqualTo(3);
        }
    }

    @Test
    void aFailingListenerStopsNothing() throws Exception {
        try (FakePlacement placement = new FakePlacement(1);
                ViewWatcher watcher = watcher(placement.address())) {
            watcher.addListener(view -> {
                throw new IllegalStateException("on purpose");
            });
            watcher.start();
            await(() -> placement.watchers() == 1);
            placement.publish(2);

            assertThat(version(watcher.awaitVersion(2, PATIENCE))).isEqualTo(2);
        }
    }

    @Test
    void goesRoundTheNodesAndNeverBack() throws Exception {
        try (FakePlacement second = new FakePlacement(4)) {
            FakePlacement first = new FakePlacement(5);
            try (ViewWatcher watcher = watcher(first.address(), second.address())) {
                watcher.start();
                assertThat(version(watcher.awaitVersion(5, PATIENCE))).isEqualTo(5);
                first.close();
                await(() -> second.watchers() == 1);

                // The second node lags behind: its view is older than the one we have.
                assertThat(version(watcher.current())).isEqualTo(5);
                second.publish(6);
                assertThat(version(watcher.awaitVersion(6, PATIENCE))).isEqualTo(6);
            }
        }
    }

    @Test
    void comesBackAfterARestart() throws Exception {
        FakePlacement before = new FakePlacement(1);
        Address address = before.address();
        try (ViewWatcher watcher = watcher(address).start()) {
            assertThat(version(watcher.awaitVersion(1, PATIENCE))).isEqualTo(1);
            before.close();
            try (FakePlacement after =
                    new FakePlacement(address.port(), 2, IllegalStateException::new)) {
                assertThat(version(watcher.awaitVersion(2, PATIENCE))).isEqualTo(2);
                assertThat(after.address()).isEqualTo(address);
            }
        }
    }

    @Test
    void givesUpAtTheDeadlineAndWhenClosed() throws Exception {
        try (FakePlacement placement = new FakePlacement(1)) {
            ViewWatcher watcher = watcher(placement.address());
            assertThat(watcher.current()).isNull();
            watcher.start();
            assertThat(watcher.awaitVersion(2, Duration.ofMillis(1))).isNull();
            await(() -> placement.watchers() == 1);
            watcher.close();
            assertThat(watcher.awaitVersion(2, PATIENCE)).isNull();
            // The call ends with the watcher.
            await(() -> placement.watchers() == 0);
        }
    }

    @Test
    void mapsWhatHandlersThrow() throws Exception {
        Supplier<VectronException> taken =
                () -> new VectronException(ErrorCode.COLLECTION_EXISTS, "name", "taken");
        try (FakePlacement placement = new FakePlacement(0, 1, taken)) {
            for (StatusRuntimeException wire : failures(placement)) {
                assertThat(wire.getStatus().getCode()).isEqualTo(Status.Code.ALREADY_EXISTS);
                VectronException error = GrpcErrors.fromGrpc(wire);
                assertThat(error.code()).isEqualTo(ErrorCode.COLLECTION_EXISTS);
                assertThat(error.field()).isEqualTo("name");
            }
        }
    }

    @Test
    void hidesDefectsBehindARequestId() throws Exception {
        try (FakePlacement placement =
                new FakePlacement(0, 1, () -> new IllegalStateException("secret"))) {
            for (StatusRuntimeException wire : failures(placement)) {
                VectronException error = GrpcErrors.fromGrpc(wire);
                assertThat(error.code()).isEqualTo(ErrorCode.INTERNAL);
                assertThat(error.metadata()).containsKey("request_id");
                assertThat(error.getMessage()).doesNotContain("secret");
            }
        }
    }

    @Test
    void keepsOneChannelAnAddressUntilClosed() {
        Address address = new Address("127.0.0.1", 1);

        assertThat(channels.to(address)).isSameAs(channels.to(address));
        channels.close();
        assertThatThrownBy(() -> channels.to(address)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void triesLostPeersWithoutTheLongBackOff() throws Exception {
        AtomicInteger attempts = new AtomicInteger();
        try (ServerSocket peer = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                Channels eager = new Channels(Duration.ofMillis(20))) {
            Thread.ofPlatform().name("hang-up").daemon().start(() -> hangUp(peer, attempts));
            eager.to(new Address("127.0.0.1", peer.getLocalPort())).getState(true);

            // By gRPC's own back-off (1 s, 1.6 s, 2.6 s, ...) it would be 6 within our patience.
            await(() -> attempts.get() >= 12);
        }
    }

    private static void hangUp(ServerSocket peer, AtomicInteger attempts) {
        try {
            while (true) {
                peer.accept().close();
                attempts.incrementAndGet();
            }
        } catch (IOException e) {
            // The test is over.
            assertThat(peer.isClosed()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost:7000", "127.0.0.1:1", "[::1]:65535"})
    void readsAddresses(String text) {
        assertThat(Address.parse(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "localhost", ":7000", "localhost:0", "localhost:65536", "::1:7"})
    void refusesOtherAddresses(String text) {
        assertThatThrownBy(() -> Address.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    /** How a call fails whose handler throws, and one whose handler gives the error to onError. */
    private List<StatusRuntimeException> failures(FakePlacement placement) {
        PlacementServiceBlockingStub stub =
                PlacementServiceGrpc.newBlockingStub(channels.to(placement.address()));
        List<Runnable> calls =
                List.of(
                        () -> stub.createCollection(CreateCollectionRequest.getDefaultInstance()),
                        () -> stub.deleteCollection(DeleteCollectionRequest.getDefaultInstance()));
        List<StatusRuntimeException> failures = new ArrayList<>();
        for (Runnable call : calls) {
            assertThatThrownBy(call::run)
                    .isInstanceOfSatisfying(StatusRuntimeException.class, failures::add);
        }
        return failures;
    }

    private ViewWatcher watcher(Address... placement) {
        return new ViewWatcher(channels, List.of(placement), "test");
    }

    private static long version(@Nullable View view) {
        assertThat(view).isNotNull();
        return view == null ? -1 : view.getVersion();
    }

    private static long next(BlockingQueue<Long> queue) throws InterruptedException {
        Long next = queue.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        assertThat(next).isNotNull();
        return next == null ? -1 : next;
    }

    private static void await(Supplier<Boolean> condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.get()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            LockSupport.parkNanos(2_000_000);
        }
    }
}
