package io.vectron.standalone.cluster;

import io.vectron.standalone.port.Part;
import io.vectron.standalone.port.PortLayout;
import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Where a cluster lies and listens, and which Kafka it uses. Kept in the file {@code
 * cluster.properties} of its folder, so that later commands need to be told the folder only.
 *
 * @param data folder of all services
 * @param ports where they listen
 * @param workers number of workers, 1 to {@link Part#WORKERS}
 * @param brokers the brokers of its own
 * @param externalKafka a Kafka that somebody else runs, {@code host:port,…}; null for a broker of
 *     its own
 */
public record ClusterPlace(
        Path data, PortLayout ports, int workers, Brokers brokers, @Nullable String externalKafka) {
    private static final String FILE = "cluster.properties";
    private static final String PORT = "port.";
    private static final String KAFKA = "kafka";
    private static final String WORKERS = "workers";
    private static final String BROKERS = "brokers";
    private static final String KAFKA_CLUSTER = "kafka.cluster";

    /** With one broker, unless Kafka is elsewhere. */
    public ClusterPlace(Path data, PortLayout ports, int workers, @Nullable String externalKafka) {
        this(data, ports, workers, Brokers.ONE, externalKafka);
    }

    /** Makes the folder absolute. */
    public ClusterPlace {
        if (workers < 1 || workers > Part.WORKERS) {
            throw new IllegalArgumentException(
                    "workers must be 1 to " + Part.WORKERS + ": " + workers);
        }
        data = data.toAbsolutePath().normalize();
    }

    /** The cluster of a folder; null if there never was one. */
    public static @Nullable ClusterPlace read(Path data) throws IOException {
        Path file = data.resolve(FILE);
        if (!Files.exists(file)) {
            return null;
        }
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        }
        Map<Part, Integer> ports = new EnumMap<>(Part.class);
        try {
            for (Part part : Part.values()) {
                // A part that is younger than the file listens where it does by default.
                String port = properties.getProperty(key(part), "" + part.defaultPort());
                ports.put(part, Integer.parseInt(port));
            }
            return new ClusterPlace(
                    data,
                    new PortLayout(ports),
                    Integer.parseInt(properties.getProperty(WORKERS, "1")),
                    new Brokers(
                            Integer.parseInt(properties.getProperty(BROKERS, "1")),
                            properties.getProperty(KAFKA_CLUSTER, "")),
                    properties.getProperty(KAFKA));
        } catch (IllegalArgumentException e) {
            throw new IOException(file + " is damaged: " + e.getMessage(), e);
        }
    }

    /** Writes it down. */
    public void write() throws IOException {
        Properties properties = new Properties();
        for (Part part : Part.values()) {
            properties.setProperty(key(part), Integer.toString(ports.port(part)));
        }
        properties.setProperty(WORKERS, Integer.toString(workers));
        properties.setProperty(BROKERS, Integer.toString(brokers.count()));
        if (!brokers.clusterId().isEmpty()) {
            properties.setProperty(KAFKA_CLUSTER, brokers.clusterId());
        }
        if (externalKafka != null) {
            properties.setProperty(KAFKA, externalKafka);
        }
        Path fresh = data.resolve(FILE + ".new");
        try (Writer writer = Files.newBufferedWriter(fresh)) {
            properties.store(writer, "Where the services of ./vectron up --cluster listen.");
        }
        Files.move(fresh, data.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
    }

    /** The same with so many workers. */
    public ClusterPlace withWorkers(int changed) {
        return new ClusterPlace(data, ports, changed, brokers, externalKafka);
    }

    /** The same with these brokers. */
    public ClusterPlace withBrokers(Brokers changed) {
        return new ClusterPlace(data, ports, workers, changed, externalKafka);
    }

    /** Where Kafka is: all its brokers, if they are our own. */
    public String kafka() {
        return externalKafka == null
                ? IntStream.rangeClosed(1, brokers.count())
                        .mapToObj(number -> ports.address(Part.broker(number).clients()))
                        .collect(Collectors.joining(","))
                : externalKafka;
    }

    /** All brokers and their controllers, as Kafka wants to be told; empty if there is one. */
    String voters() {
        return brokers.count() == 1
                ? ""
                : IntStream.rangeClosed(1, brokers.count())
                        .mapToObj(number ->
                                number + "@" + ports.address(Part.broker(number).controller()))
                        .collect(Collectors.joining(","));
    }

    /** The services that run here, in the order in which they are started. */
    public List<Service> services() {
        return Arrays.stream(Service.values())
                .filter(service -> externalKafka == null || service.broker() == 0)
                .filter(service -> service.broker() <= brokers.count())
                .filter(service -> service.worker() <= workers)
                .toList();
    }

    /** Folder of a service: its files, logs and data. */
    public Path folder(Service service) {
        return data.resolve(service.toString());
    }

    /** Where a service logs. */
    public Path logFile(Service service) {
        return folder(service).resolve("logs").resolve(service + ".log");
    }

    private static String key(Part part) {
        return PORT + part.name().toLowerCase(Locale.ROOT);
    }
}
