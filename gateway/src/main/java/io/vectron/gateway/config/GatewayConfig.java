package io.vectron.gateway.config;

import io.vectron.common.config.ServiceSettings;
import io.vectron.common.config.Setting;
import io.vectron.common.manage.ManagementConfig;
import io.vectron.common.rpc.Address;
import io.vectron.common.rpc.Exposure;
import java.util.Map;

/**
 * What a gateway is told at its start.
 *
 * @param host address to listen on
 * @param grpcPort port of the public gRPC services; 0 takes a free one
 * @param rest how it takes requests over HTTP
 * @param kafka how to reach Kafka
 * @param placement where placement listens
 * @param deadlines how long it waits
 * @param limits what it takes on at once
 * @param lookups what it reads for dead letters and traces
 * @param freshness how closely it follows the logs
 * @param management where it answers operators
 * @param insecure whether it may listen where other machines reach it
 */
public record GatewayConfig(
        @Setting("Address to listen on.") String host,
        @Setting("Port of the public gRPC services; 0 takes a free one.") int grpcPort,
        @Setting("How the gateway takes requests over HTTP.") RestConfig rest,
        @Setting("How the gateway reaches Kafka.") KafkaConfig kafka,
        @Setting("Where placement listens.") Address placement,
        @Setting("How long the gateway waits.") Deadlines deadlines,
        @Setting(
                        "What the gateway takes on at once; beyond it requests are"
                                + " refused with RESOURCE_EXHAUSTED.")
                GatewayLimits limits,
        @Setting("What requests about dead letters and traces take.") LookupLimits lookups,
        @Setting("How closely the gateway follows the ends of the logs.") FreshnessConfig freshness,
        @Setting("Where operators are answered: health and metrics.") ManagementConfig management,
        @Setting(Exposure.INSECURE) boolean insecure) {

    /** All settings, with their defaults. */
    public static ServiceSettings<GatewayConfig> settings() {
        return ServiceSettings.of(
                "gateway",
                of(
                                "127.0.0.1",
                                9090,
                                8080,
                                new KafkaConfig("127.0.0.1:9092", Map.of()),
                                new Address("127.0.0.1", 7000))
                        .withManagement(ManagementConfig.on(9091)));
    }

    /** Refuses an empty host, one that is reached from elsewhere, and a port out of range. */
    public GatewayConfig {
        if (host.isBlank()) {
            throw new IllegalArgumentException("host is empty");
        }
        Exposure.requireAllowed("host", host, insecure);
        Exposure.requireAllowed("management host", management.host(), insecure);
        if (grpcPort < 0 || grpcPort > 65_535) {
            throw new IllegalArgumentException("grpcPort is out of range: " + grpcPort);
        }
    }

    /** The documented defaults for everything but addresses; operators are not answered. */
    public static GatewayConfig of(
            String host, int grpcPort, int restPort, KafkaConfig kafka, Address placement) {
        return new GatewayConfig(
                host,
                grpcPort,
                RestConfig.at(restPort),
                kafka,
                placement,
                Deadlines.DEFAULT,
                GatewayLimits.DEFAULT,
                LookupLimits.DEFAULT,
                FreshnessConfig.DEFAULT,
                ManagementConfig.OFF,
                false);
    }

    /** The same, answering operators there. */
    public GatewayConfig withManagement(ManagementConfig changed) {
        return new GatewayConfig(
                host, grpcPort, rest, kafka, placement, deadlines, limits, lookups, freshness,
                changed, insecure);
    }
}
