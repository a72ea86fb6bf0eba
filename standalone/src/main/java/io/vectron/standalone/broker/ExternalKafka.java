package io.vectron.standalone.broker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.jspecify.annotations.Nullable;

/**
 * A Kafka that somebody else runs. What lies in a data folder was read from one Kafka cluster and
 * means nothing to another one, so the folder keeps the id of its cluster.
 */
public final class ExternalKafka implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final String ID_FILE = "external-kafka.id";

    private ExternalKafka() {}

    /**
     * Returns when the Kafka answers.
     *
     * @param data folder that belongs to the cluster found there, from now on at the latest
     * @throws IOException if none answers, or if the folder belongs to another one
     */
    public static ExternalKafka find(String bootstrapServers, Path data)
            throws IOException, InterruptedException {
        return find(bootstrapServers, data, TIMEOUT);
    }

    static ExternalKafka find(String bootstrapServers, Path data, Duration timeout)
            throws IOException, InterruptedException {
        String found = clusterId(bootstrapServers, timeout);
        Path file = data.resolve(ID_FILE);
        String expected = Files.exists(file) ? Files.readString(file).trim() : embedded(data);
        if (expected == null) {
            Path fresh = data.resolve(ID_FILE + ".new");
            Files.writeString(fresh, found + "\n");
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        } else if (!expected.equals(found)) {
            throw new IOException(
                    "the data in "
                            + data
                            + " belong to Kafka cluster "
                            + expected
                            + ", but at "
                            + bootstrapServers
                            + " is "
                            + found
                            + "; name another folder with --data");
        }
        return new ExternalKafka();
    }

    /**
     * Makes sure that an embedded broker may serve this folder.
     *
     * @throws IOException if it belongs to a Kafka elsewhere
     */
    public static void requireNone(Path data) throws IOException {
        Path file = data.resolve(ID_FILE);
        if (Files.exists(file)) {
            throw new IOException(
                    "the data in "
                            + data
                            + " belong to Kafka cluster "
                            + Files.readString(file).trim()
                            + "; say where it is with --kafka, or name another folder with --data");
        }
    }

    /** Others run it, and others stop it. */
    @Override
    public void close() {}

    private static @Nullable String embedded(Path data) throws IOException {
        return EmbeddedBroker.clusterIdIn(data.resolve("kafka"));
    }

    private static String clusterId(String bootstrapServers, Duration timeout)
            throws IOException, InterruptedException {
        Map<String, Object> settings =
                Map.of(
                        AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrapServers,
                        AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
                        (int) timeout.toMillis(),
                        AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                        (int) timeout.toMillis());
        try (Admin admin = Admin.create(settings)) {
            return admin.describeCluster().clusterId().get();
        } catch (ExecutionException e) {
            throw new IOException(
                    "no Kafka answers at " + bootstrapServers + ": " + e.getCause(), e);
        }
    }
}
