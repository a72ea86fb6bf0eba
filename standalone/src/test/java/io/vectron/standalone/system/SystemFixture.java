package io.vectron.standalone.system;

import io.vectron.standalone.port.PortLayout;
import io.vectron.standalone.run.DataFolder;
import io.vectron.standalone.run.Standalone;
import io.vectron.standalone.run.StandaloneConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** A whole Vectron on free ports, and a client of it. Safe for use by one thread. */
final class SystemFixture implements AutoCloseable {
    private final StandaloneConfig config;
    private Standalone running;
    private Client client;

    private SystemFixture(StandaloneConfig config) throws Exception {
        this.config = config;
        this.running = start();
        this.client = new Client(config);
    }

    /** Starts a system whose data lie in this folder. */
    static SystemFixture start(Path folder) throws Exception {
        return start(folder, Map.of(), Map.of());
    }

    /** Starts a system with settings of the broker and of collections' topics that replace ours. */
    static SystemFixture start(
            Path folder, Map<String, String> brokerOverrides, Map<String, String> topicOverrides)
            throws Exception {
        return new SystemFixture(
                new StandaloneConfig(
                        folder, PortLayout.free(), brokerOverrides, null, topicOverrides));
    }

    /** Starts a system on a Kafka that runs already. */
    static SystemFixture on(String bootstrapServers, Path folder) throws Exception {
        return new SystemFixture(
                StandaloneConfig.of(folder, PortLayout.free()).withKafka(bootstrapServers));
    }

    Client client() {
        return client;
    }

    PlainKafka kafka() {
        return client.kafka();
    }

    PortLayout ports() {
        return config.ports();
    }

    Path folder() {
        return config.data();
    }

    /** What happens while the system is down. */
    interface Meanwhile {
        void run() throws Exception;
    }

    /** Stops everything, and starts it again on the same folder. */
    void restart(Meanwhile meanwhile) throws Exception {
        close();
        // What closes late on a slow machine is not waited for by the product.
        Await.until("all is closed", () -> config.ports().taken().isEmpty());
        meanwhile.run();
        running = start();
        client = new Client(config);
    }

    @Override
    public void close() throws IOException {
        client.close();
        running.close();
    }

    private Standalone start() throws Exception {
        return Standalone.start(config, DataFolder.open(config.data()));
    }
}
