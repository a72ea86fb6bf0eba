package io.vectron.standalone.run;

import io.vectron.gateway.config.GatewayConfig;
import io.vectron.ingest.config.IngestConfig;
import io.vectron.placement.config.PlacementConfig;
import io.vectron.standalone.broker.BrokerConfig;
import io.vectron.standalone.flink.FlinkConfig;
import io.vectron.worker.config.WorkerConfig;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Services that run together in this process, each with its configuration. One that is null does
 * not run here; the others find it at the address in their own configuration.
 *
 * @param kafka the broker, or the Kafka to be there before anything starts
 */
public record ServiceSet(
        @Nullable Kafka kafka,
        @Nullable PlacementConfig placement,
        @Nullable WorkerConfig worker,
        @Nullable Ingest ingest,
        @Nullable GatewayConfig gateway) {

    /** Refuses an empty set. */
    public ServiceSet {
        boolean any =
                Stream.of(kafka, placement, worker, ingest, gateway)
                        .anyMatch(service -> service != null);
        if (!any) {
            throw new IllegalArgumentException("no service is to run");
        }
    }

    /** Kafka, as far as this process has to do with it. */
    public sealed interface Kafka {
        /** Folder of all services; it belongs to one Kafka. */
        Path data();

        /** A broker in this process. */
        record Own(BrokerConfig config, Path data) implements Kafka {}

        /** Somebody else's, which has to answer before anything else starts. */
        record Elsewhere(String bootstrapServers, Path data) implements Kafka {}
    }

    /** The job, and the Flink cluster in this process that runs it. */
    public record Ingest(IngestConfig job, FlinkConfig flink) {}
}
