package io.vectron.standalone.flink;

import io.vectron.common.file.FolderLock;
import io.vectron.standalone.port.PortLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.flink.configuration.ClusterOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.configuration.WebOptions;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.runtime.minicluster.RpcServiceSharing;

/** A Flink cluster with its dashboard in this process, on the loopback address. */
public final class EmbeddedFlink implements AutoCloseable {
    private static final Duration STOP_DEADLINE = Duration.ofSeconds(30);

    private final MiniCluster cluster;
    private final String dashboard;
    private final FolderLock lock;

    private EmbeddedFlink(MiniCluster cluster, String dashboard, FolderLock lock) {
        this.cluster = cluster;
        this.dashboard = dashboard;
        this.lock = lock;
    }

    /**
     * Starts the cluster and returns when it accepts jobs and the dashboard answers.
     *
     * @throws IOException if it cannot start, or another one has the folder
     */
    public static EmbeddedFlink start(FlinkConfig config) throws IOException {
        FolderLock lock = FolderLock.take(config.folder());
        try {
            return start(config, lock);
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    private static EmbeddedFlink start(FlinkConfig config, FolderLock lock) throws IOException {
        wipe(config.folder());
        MiniCluster cluster =
                new MiniCluster(
                        new MiniClusterConfiguration.Builder()
                                .setConfiguration(settings(config))
                                .setNumTaskManagers(1)
                                .setNumSlotsPerTaskManager(config.slots())
                                .setRpcServiceSharing(RpcServiceSharing.SHARED)
                                .build());
        try {
            cluster.start();
        } catch (Exception e) {
            throw new IOException("Flink did not start: " + e.getMessage(), e);
        }
        return new EmbeddedFlink(
                cluster, "http://" + PortLayout.HOST + ":" + config.dashboardPort(), lock);
    }

    /** Address of the dashboard. */
    public String dashboard() {
        return dashboard;
    }

    /**
     * Submits a job and keeps it: when it ends without having been asked to, it is submitted
     * again. {@code job} is called once a submission.
     */
    public KeptJob keep(Supplier<JobGraph> job) throws IOException {
        return KeptJob.submit(cluster, job);
    }

    /** Stops the cluster with whatever runs on it. */
    @Override
    public void close() throws IOException {
        try (lock) {
            cluster.closeAsync().get(STOP_DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while Flink stopped", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("Flink did not stop in order: " + e, e);
        }
    }

    private static Configuration settings(FlinkConfig config) {
        Configuration settings = new Configuration();
        settings.set(RestOptions.ADDRESS, PortLayout.HOST);
        settings.set(RestOptions.BIND_ADDRESS, PortLayout.HOST);
        settings.set(RestOptions.PORT, config.dashboardPort());
        settings.set(RestOptions.BIND_PORT, Integer.toString(config.dashboardPort()));
        // The dashboard shows the job; it is not for running other people's jars in our process.
        settings.set(WebOptions.SUBMIT_ENABLE, false);
        settings.set(JobManagerOptions.ADDRESS, PortLayout.HOST);
        settings.set(JobManagerOptions.BIND_HOST, PortLayout.HOST);
        settings.set(TaskManagerOptions.HOST, PortLayout.HOST);
        settings.set(TaskManagerOptions.BIND_HOST, PortLayout.HOST);
        settings.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(4));
        settings.set(TaskManagerOptions.NETWORK_MEMORY_MIN, MemorySize.ofMebiBytes(16));
        settings.set(TaskManagerOptions.NETWORK_MEMORY_MAX, MemorySize.ofMebiBytes(16));
        settings.set(ClusterOptions.CLUSTER_IO_EXECUTOR_POOL_SIZE, 2);
        String folder = config.folder().toAbsolutePath().toString();
        settings.set(CoreOptions.TMP_DIRS, folder);
        settings.set(WebOptions.TMP_DIR, folder);
        settings.set(WebOptions.UPLOAD_DIR, folder);
        settings.set(ClusterOptions.PROCESS_WORKING_DIR_BASE, folder);
        String log = System.getProperty("log.file");
        if (log != null) {
            settings.set(WebOptions.LOG_PATH, log);
            settings.set(TaskManagerOptions.TASK_MANAGER_LOG_PATH, log);
        }
        return settings;
    }

    /** Flink unpacks some 20 MB there at each start and leaves them behind after kill -9. */
    private static void wipe(Path folder) throws IOException {
        List<Path> deepestFirst;
        try (Stream<Path> files = Files.walk(folder)) {
            deepestFirst =
                    files.filter(file -> !file.equals(folder) && !FolderLock.isLockFile(file))
                            .sorted(Comparator.reverseOrder())
                            .toList();
        }
        for (Path file : deepestFirst) {
            Files.delete(file);
        }
    }
}
