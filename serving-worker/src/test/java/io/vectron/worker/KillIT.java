package io.vectron.worker;

import static io.vectron.worker.shard.Entries.GROUP;
import static io.vectron.worker.shard.Entries.batch;
import static io.vectron.worker.shard.Entries.delete;
import static io.vectron.worker.shard.Entries.point;
import static io.vectron.worker.shard.Entries.upsert;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.vectron.proto.log.v1.LogRecord;
import io.vectron.proto.log.v1.Metric;
import io.vectron.proto.worker.v1.ApplyBatchRequest;
import io.vectron.proto.worker.v1.ApplyBatchResponse;
import io.vectron.proto.worker.v1.DigestRequest;
import io.vectron.proto.worker.v1.DigestResponse;
import io.vectron.proto.worker.v1.Hit;
import io.vectron.proto.worker.v1.ListReplicasRequest;
import io.vectron.proto.worker.v1.ShardHits;
import io.vectron.proto.worker.v1.WorkerServiceGrpc;
import io.vectron.proto.worker.v1.WorkerServiceGrpc.WorkerServiceBlockingStub;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A worker killed with SIGKILL under load, again and again, loses nothing it acknowledged. */
class KillIT {
    private static final int KILLS = 3;
    private static final int BATCH = 20;
    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    @TempDir Path folder;
    @TempDir Path temporary;

    @Test
    void nothingAcknowledgedIsLostAndWhatWasOnlyLoggedArrivesOnce() throws Exception {
        int raftPort = WorkerHarness.freePort();
        Random random = new Random(7);
        long acknowledged = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            try (Running worker = new Running(folder, temporary, raftPort)) {
                worker.addReplica(raftPort);
                long position = worker.digest(false).getApplied().getPosition();
                assertThat(position).isBetween(acknowledged, acknowledged + BATCH);
                check(worker, position);
                acknowledged = writeUntilKilled(worker, position, 30 + random.nextInt(60));
            }
        }
        try (Running worker = new Running(folder, temporary, raftPort)) {
            long position = worker.digest(false).getApplied().getPosition();
            assertThat(position).isBetween(acknowledged, acknowledged + BATCH);
            check(worker, position);
        }
        try (Stream<Path> left = Files.list(temporary)) {
            assertThat(left.map(Path::getFileName).map(Path::toString))
                    .as("what killed workers leave in the temporary folder")
                    .noneMatch(name -> name.contains("rocksdb"));
        }
    }

    /** Writes batches, and kills the process while one is on its way. */
    private static long writeUntilKilled(Running worker, long from, int batches) throws Exception {
        long position = from;
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
        for (int applied = 0; applied < batches; ) {
            ApplyBatchResponse response = worker.apply(position);
            if (response.hasApplied()) {
                position = response.getApplied().getPosition();
                applied++;
            } else {
                // Full segments wait to be sealed: to be sent again.
                assertThat(System.nanoTime()).as("%s", response).isLessThan(end);
                assertThat(response.getOverloaded().getReason()).isEqualTo("INDEX_HOT_FULL");
                LockSupport.parkNanos(RETRY_NANOS);
            }
        }
        Thread killer = Thread.ofPlatform().start(worker::kill);
        try {
            while (true) {
                ApplyBatchResponse response = worker.apply(position);
                if (response.hasApplied()) {
                    position = response.getApplied().getPosition();
                }
            }
        } catch (StatusRuntimeException dead) {
            killer.join();
            return position;
        }
    }

    private static void check(Running worker, long position) throws IOException {
        DigestResponse told = worker.digest(false);
        assertThat(worker.digest(true)).isEqualTo(told);
        TreeMap<String, Long> expected = new TreeMap<>();
        for (long offset = 0; offset < position; offset++) {
            LogRecord record = record(offset);
            if (record.hasPoint()) {
                expected.put(record.getId().toStringUtf8(), offset);
            } else {
                expected.remove(record.getId().toStringUtf8());
            }
        }
        assertThat(told.getRows()).isEqualTo(expected.size());
        assertThat(worker.problem()).isEmpty();
        ShardHits hits =
                worker.stub()
                        .search(
                                WorkerHarness.search(10_000, 0, 0)
                                        .setExact(true)
                                        .setWithPayload(true)
                                        .build())
                        .getShards(0);
        TreeMap<String, Long> found = new TreeMap<>();
        for (Hit hit : hits.getHitsList()) {
            found.put(hit.getId(), hit.getVersion());
            assertThat(hit.getPoint().getPayload().getFields(0).getValue().getStringValue())
                    .isEqualTo("v" + hit.getVersion());
        }
        assertThat(found).isEqualTo(expected);
    }

    private static LogRecord record(long offset) {
        String id = "id" + offset * 31 % 97;
        return offset % 5 == 4
                ? delete(offset, id)
                : upsert(offset, id, point("v" + offset, (float) offset, 1));
    }

    /** A worker's process and a client of it. */
    private static final class Running implements AutoCloseable {
        private final Process process;
        private final ManagedChannel channel;

        Running(Path folder, Path temporary, int raftPort) throws IOException {
            process =
                    new ProcessBuilder(command(folder, temporary, raftPort))
                            .redirectErrorStream(true)
                            .start();
            BufferedReader out =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
            StringBuilder seen = new StringBuilder();
            String line = out.readLine();
            while (line != null && !line.startsWith("port ")) {
                seen.append(line).append('\n');
                line = out.readLine();
            }
            if (line == null) {
                throw new IOException("the worker ended before it was ready:\n" + seen);
            }
            int port = Integer.parseInt(line.substring("port ".length()));
            // Reads on, so that the process never waits for a full pipe.
            Thread.ofVirtual().start(() -> out.lines().forEach(l -> {}));
            channel =
                    Grpc.newChannelBuilder("127.0.0.1:" + port, InsecureChannelCredentials.create())
                            .build();
        }

        private static List<String> command(Path folder, Path temporary, int raftPort) {
            List<String> command = new ArrayList<>();
            command.add(ProcessHandle.current().info().command().orElse("java"));
            for (String flag : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
                if (!flag.startsWith("-javaagent") && !flag.startsWith("-agentlib")) {
                    command.add(flag);
                }
            }
            command.addAll(
                    List.of(
                            "-Xmx512m",
                            "-Djava.io.tmpdir=" + temporary,
                            "-cp",
                            System.getProperty(
                                    "surefire.test.class.path",
                                    System.getProperty("java.class.path")),
                            WorkerProcess.class.getName(),
                            folder.toString(),
                            Integer.toString(raftPort)));
            return command;
        }

        WorkerServiceBlockingStub stub() {
            return WorkerServiceGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(20, TimeUnit.SECONDS);
        }

        void addReplica(int raftPort) {
            stub().addReplica(WorkerHarness.request(GROUP, Metric.METRIC_EUCLIDEAN, 2, raftPort));
        }

        ApplyBatchResponse apply(long from) {
            List<LogRecord> records = new ArrayList<>();
            for (long offset = from; offset < from + BATCH; offset++) {
                records.add(record(offset));
            }
            return stub().applyBatch(
                            ApplyBatchRequest.newBuilder()
                                    .setBatch(
                                            batch(
                                                    from,
                                                    from + BATCH,
                                                    records.toArray(LogRecord[]::new)))
                                    .build());
        }

        String problem() {
            return stub().listReplicas(ListReplicasRequest.getDefaultInstance())
                    .getReplicas(0)
                    .getProblem();
        }

        DigestResponse digest(boolean recompute) {
            return stub().digest(
                            DigestRequest.newBuilder()
                                    .setGroup(GROUP.toString())
                                    .setRecompute(recompute)
                                    .build());
        }

        /** SIGKILL. */
        void kill() {
            process.destroyForcibly();
        }

        @Override
        public void close() {
            channel.shutdownNow();
            process.destroyForcibly();
            process.onExit().join();
        }
    }
}
