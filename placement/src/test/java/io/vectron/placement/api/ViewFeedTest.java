package io.vectron.placement.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.stub.ServerCallStreamObserver;
import io.vectron.common.error.ErrorCode;
import io.vectron.common.error.VectronException;
import io.vectron.placement.config.RepairSettings;
import io.vectron.placement.run.Heartbeats;
import io.vectron.placement.state.ReplicatedCatalog;
import io.vectron.proto.log.v1.PlacementEntry;
import io.vectron.proto.log.v1.RecordWorker;
import io.vectron.proto.placement.v1.WatchViewResponse;
import io.vectron.replication.RaftPosition;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
final class ViewFeedTest {
    private final ReplicatedCatalog catalog = new ReplicatedCatalog();
    private final ViewFeed feed =
            new ViewFeed(
                    catalog,
                    new Heartbeats(RepairSettings.defaults(), System::nanoTime),
                    2,
                    () -> new VectronException(ErrorCode.NOT_LEADER, "somebody else"));
    private int applied;

    @BeforeEach
    void start() {
        catalog.leadership(true, 1);
        feed.start();
    }

    @AfterEach
    void stop() {
        feed.close();
    }

    @Test
    void sendsASlowWatcherTheLatestViewOnly() throws Exception {
        Watcher slow = new Watcher();
        Watcher quick = new Watcher();
        feed.watch(slow);
        feed.watch(quick);
        assertThat(slow.next()).isZero();
        assertThat(quick.next()).isZero();
        slow.ready = false;
        for (int i = 1; i <= 5; i++) {
            change();
            assertThat(quick.next()).isEqualTo(i);
        }
        assertThat(slow.versions).isEmpty();
        slow.ready = true;
        slow.onReady.run();
        assertThat(slow.next()).isEqualTo(5);
        change();
        assertThat(slow.next()).isEqualTo(6);
        assertThat(slow.versions).isEmpty();
    }

    @Test
    void hasRoomAgainWhenAWatcherLeaves() throws Exception {
        Watcher first = new Watcher();
        feed.watch(first);
        feed.watch(new Watcher());
        assertThatThrownBy(() -> feed.watch(new Watcher()))
                .isInstanceOfSatisfying(
                        VectronException.class,
                        error -> assertThat(error.code()).isEqualTo(ErrorCode.OVERLOADED));
        first.onCancel.run();
        first.onClose.run(); // both may come; it left once
        assertThat(feed.watching()).isEqualTo(1);
        feed.watch(new Watcher());
        assertThatThrownBy(() -> feed.watch(new Watcher())).isInstanceOf(VectronException.class);
    }

    @Test
    void servesNobodyWhileAnotherMemberLeads() throws Exception {
        Watcher watcher = new Watcher();
        feed.watch(watcher);
        catalog.leadership(false, 2);
        assertThat(watcher.error.get(10, TimeUnit.SECONDS))
                .isInstanceOfSatisfying(
                        VectronException.class,
                        error -> assertThat(error.code()).isEqualTo(ErrorCode.NOT_LEADER));
        assertThat(feed.watching()).isZero();
        assertThatThrownBy(() -> feed.watch(new Watcher())).hasMessageContaining("somebody else");
    }

    private void change() throws IOException {
        applied++;
        PlacementEntry entry =
                PlacementEntry.newBuilder()
                        .setRecordWorker(
                                RecordWorker.newBuilder()
                                        .setId("w-" + applied)
                                        .setHost("h")
                                        .setPort(applied)
                                        .setRaftPort(1))
                        .build();
        catalog.apply(new RaftPosition(1, applied), ByteBuffer.wrap(entry.toByteArray()));
    }

    /** The server's end of a stream whose client reads, or not. */
    private static final class Watcher extends ServerCallStreamObserver<WatchViewResponse> {
        final BlockingQueue<Long> versions = new LinkedBlockingQueue<>();
        final CompletableFuture<Throwable> error = new CompletableFuture<>();
        volatile boolean ready = true;
        Runnable onReady = () -> {};
        Runnable onCancel = () -> {};
        Runnable onClose = () -> {};

        long next() throws InterruptedException {
            Long version = versions.poll(10, TimeUnit.SECONDS);
            return version == null ? -1 : version;
        }

        @Override
        public void onNext(WatchViewResponse response) {
            assertThat(ready).isTrue();
            versions.add(response.getView().getVersion());
        }

        @Override
        public void onError(Throwable failure) {
            error.complete(failure);
        }

        @Override
        public void onCompleted() {
            throw new AssertionError("a stream of views has no end");
        }

        @Override
        public boolean isCancelled() {
            return false;
        }

        @Override
        public void setOnCancelHandler(Runnable handler) {
            onCancel = handler;
        }

        @Override
        public void setOnCloseHandler(Runnable handler) {
            onClose = handler;
        }

        @Override
        public void setCompression(String compression) {}

        @Override
        public boolean isReady() {
            return ready;
        }

        @Override
        public void setOnReadyHandler(Runnable handler) {
            onReady = handler;
        }

        @Override
        public void disableAutoInboundFlowControl() {}

        @Override
        public void request(int count) {}

        @Override
        public void setMessageCompression(boolean enable) {}
    }
}
