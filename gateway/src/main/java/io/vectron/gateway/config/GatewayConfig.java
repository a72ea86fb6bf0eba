package io.vectron.gateway.config;

import io.vectron.common.manage.ManagementConfig;
import io.vectron.common.rpc.Address;

/**
 * What a gateway is told at its start.
 *
 * @param host address to listen on
 * @param grpcPort port of the public gRPC services; 0 takes a free one
 * @param kafka how to reach Kafka
 * @param placement where placement listens
 * @param deadlines how long it waits
 * @param limits what it takes on at once
 * @param freshness how closely it follows the logs
 * @param management where it answers operators
 */
public record GatewayConfig(
        String host,
        int grpcPort,
        KafkaConfig kafka,
        Address placement,
        Deadlines deadlines,
        GatewayLimits limits,
        FreshnessConfig freshness,
        ManagementConfig management) {

    /** Refuses an empty host and a port out of range. */
    public GatewayConfig {
        if (host.isBlank()) {
            throw new IllegalArgumentException("host is empty");
        }
        if (grpcPort < 0 || grpcPort > 65_535) {
            throw new IllegalArgumentException("grpcPort is out of range: " + grpcPort);
        }
    }

    /** The documented defaults for everything but addresses; operators are not answered. */
    public static GatewayConfig of(
            String host, int grpcPort, KafkaConfig kafka, Address placement) {
        return new GatewayConfig(
                host,
                grpcPort,
                kafka,
                placement,
                Deadlines.DEFAULT,
                GatewayLimits.DEFAULT,
                FreshnessConfig.DEFAULT,
                ManagementConfig.OFF);
    }

    /** The same, answering operators there. */
    public GatewayConfig withManagement(ManagementConfig changed) {
        return new GatewayConfig(
                host, grpcPort, kafka, placement, deadlines, limits, freshness, changed);
    }
}
