package io.vectron.standalone.broker;

import io.vectron.common.file.FolderLock;
import io.vectron.standalone.port.PortLayout;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.tools.StorageTool;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.common.utils.internals.Exit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Kafka broker with its controller (KRaft) in this process, on the loopback address; alone, or
 * one of several in processes of their own.
 *
 * <p>It keeps its data over restarts and survives {@code kill -9} of the process. Alone it does not
 * survive a power cut, because Kafka leaves flushing to the operating system: replication is what
 * makes it durable, and there is none here. With the override {@code
 * log.flush.interval.messages=1} every record is flushed before it is acknowledged.
 */
public final class EmbeddedBroker implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(EmbeddedBroker.class);

    private static final String ID_FILE = "cluster.id";
    private static final int MOST_REPLICAS = 3;
    private static final String MEMBERS_FILE = "cluster.members";

    private final KafkaRaftServer server;
    private final String bootstrapServers;
    private final FolderLock lock;

    private EmbeddedBroker(KafkaRaftServer server, String bootstrapServers, FolderLock lock) {
        this.server = server;
        this.bootstrapServers = bootstrapServers;
        this.lock = lock;
    }

    /**
     * Starts the broker and returns when it accepts clients.
     *
     * @throws IOException if it cannot start, or another one has the folder
     */
    public static EmbeddedBroker start(BrokerConfig config) throws IOException {
        // Kafka locks its folder only after its controller has begun to write there.
        FolderLock lock = FolderLock.take(config.folder());
        try {
            return start(config, lock);
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    private static EmbeddedBroker start(BrokerConfig config, FolderLock lock) throws IOException {
        Path folder = config.folder();
        Properties settings = settings(config);
        Path file = folder.resolve("server.properties");
        try (Writer writer = Files.newBufferedWriter(file)) {
            settings.store(writer, null);
        }
        announceFatalErrors();
        String clusterId = clusterId(folder, config.quorum());
        format(file, clusterId);
        KafkaRaftServer server = new KafkaRaftServer(new KafkaConfig(settings, false), Time.SYSTEM);
        try {
            server.startup();
        } catch (RuntimeException e) {
            server.shutdown();
            throw new IOException("Kafka broker did not start: " + e.getMessage(), e);
        }
        return new EmbeddedBroker(server, PortLayout.HOST + ":" + config.port(), lock);
    }

    /** Id of the cluster whose broker keeps its data in this folder; null if none does. */
    static @Nullable String clusterIdIn(Path folder) throws IOException {
        return read(folder.resolve(ID_FILE));
    }

    /** What clients need to find the broker. */
    public String bootstrapServers() {
        return bootstrapServers;
    }

    /** Stops the broker and waits until its files are closed. */
    @Override
    public void close() {
        try (lock) {
            server.shutdown();
            server.awaitShutdown();
        } catch (IOException e) {
            throw new UncheckedIOException("the broker's folder could not be let go", e);
        }
    }

    /**
     * A broker that cannot go on, as after an I/O error in its metadata, ends the process: nothing
     * can be acknowledged any more. It must not do so without a word.
     */
    private static void announceFatalErrors() {
        Exit.setHaltProcedure((code, message) -> {
            log.error(
                    "the Kafka broker cannot go on, the process ends: {}",
                    message == null ? "why, its last errors say (a full disk?)" : message);
            Runtime.getRuntime().halt(code);
        });
    }

    private static Properties settings(BrokerConfig config) {
        String host = PortLayout.HOST;
        Properties settings = new Properties();
        settings.put("process.roles", "broker,controller");
        Quorum quorum = config.quorum();
        settings.put("node.id", Integer.toString(quorum.nodeId()));
        settings.put(
                "controller.quorum.voters",
                quorum.voters().isEmpty()
                        ? quorum.nodeId() + "@" + host + ":" + config.controllerPort()
                        : quorum.voters());
        settings.put("controller.listener.names", "CONTROLLER");
        settings.put("listener.security.protocol.map", "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT");
        String clients = "PLAINTEXT://" + host + ":" + config.port();
        String controller = "CONTROLLER://" + host + ":" + config.controllerPort();
        settings.put("listeners", clients + "," + controller);
        settings.put("advertised.listeners", clients);
        settings.put("log.dirs", config.folder().resolve("log").toAbsolutePath().toString());

        // As many copies as our own topics have; internal topics need no more partitions.
        String replicas = Integer.toString(Math.min(MOST_REPLICAS, quorum.size()));
        String insync = quorum.size() >= MOST_REPLICAS ? "2" : "1";
        for (String topic : new String[] {"offsets.topic", "share.coordinator.state.topic"}) {
            settings.put(topic + ".replication.factor", replicas);
            settings.put(topic + ".num.partitions", "1");
        }
        settings.put("share.coordinator.state.topic.min.isr", insync);
        settings.put("transaction.state.log.replication.factor", replicas);
        settings.put("transaction.state.log.min.isr", insync);
        settings.put("transaction.state.log.num.partitions", "1");
        settings.put("default.replication.factor", replicas);
        settings.put("min.insync.replicas", insync);
        settings.put("group.initial.rebalance.delay.ms", "0");

        // A topic exists because placement made it, and its history is ours to drop.
        settings.put("auto.create.topics.enable", "false");
        settings.put("log.retention.ms", "-1");

        // After kill -9 the controller waits until the broker's former session has expired.
        settings.put("broker.heartbeat.interval.ms", "500");
        settings.put("broker.session.timeout.ms", "2500");

        // Small: it shares two cores and one heap with everything else.
        settings.put("num.network.threads", "1");
        settings.put("num.io.threads", "2");
        settings.put("background.threads", "2");
        settings.put("num.recovery.threads.per.data.dir", "2");
        settings.put("log.cleaner.dedupe.buffer.size", "2097152");
        settings.putAll(config.overrides());
        return settings;
    }

    /**
     * The cluster's id, settled at the first start: a broker refuses a folder that was formatted
     * for another. The brokers are settled with it: one that had two others and goes on alone would
     * elect itself, and might not have what they acknowledged.
     */
    private static String clusterId(Path folder, Quorum quorum) throws IOException {
        Path file = folder.resolve(ID_FILE);
        String known = read(file);
        if (known == null) {
            write(folder.resolve(MEMBERS_FILE), quorum.members());
            String id =
                    quorum.clusterId().isEmpty()
                            ? Uuid.randomUuid().toString()
                            : quorum.clusterId();
            write(file, id);
            return id;
        }
        String members = read(folder.resolve(MEMBERS_FILE));
        String before = members == null ? Quorum.ALONE.members() : members; // of an older version
        if (!before.equals(quorum.members())) {
            throw new IOException(
                    folder
                            + " belongs to broker "
                            + before
                            + " and cannot be used by broker "
                            + quorum.members());
        }
        if (!quorum.clusterId().isEmpty() && !quorum.clusterId().equals(known)) {
            throw new IOException(
                    folder + " belongs to Kafka cluster " + known + ", not " + quorum.clusterId());
        }
        return known;
    }

    private static void write(Path file, String text) throws IOException {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.writeString(fresh, text + "\n");
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private static @Nullable String read(Path file) throws IOException {
        return Files.exists(file) ? Files.readString(file).trim() : null;
    }

    private static void format(Path settings, String clusterId) throws IOException {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        int code;
        try (PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8)) {
            String[] arguments = {
                "format", "-t", clusterId, "-c", settings.toString(), "--ignore-formatted"
            };
            code = StorageTool.execute(arguments, out);
        }
        if (code != 0) {
            throw new IOException(
                    "Kafka's data folder could not be prepared: "
                            + said.toString(StandardCharsets.UTF_8).trim());
        }
    }
}
