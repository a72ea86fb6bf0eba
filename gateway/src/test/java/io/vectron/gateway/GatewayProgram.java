package io.vectron.gateway;

import io.vectron.gateway.config.GatewayLimits;
import io.vectron.gateway.config.RestConfig;
import io.vectron.proto.log.v1.Metric;
import java.time.Duration;

/**
 * A gateway among fakes in a process of its own, for tests that limit the process. Prints the port
 * of the REST API; ends when its input does.
 */
final class GatewayProgram {

    /** How long a body may take there. */
    static final Duration PATIENCE = Duration.ofSeconds(2);

    /** How long a connection may be silent there. */
    static final Duration IDLE = Duration.ofSeconds(8);

    private GatewayProgram() {}

    public static void main(String[] none) throws Exception {
        RestConfig usual = RestConfig.at(0);
        RestConfig rest =
                new RestConfig(0, usual.connections(), IDLE, PATIENCE, usual.memoryBytes());
        try (Cluster cluster = new Cluster(GatewayLimits.DEFAULT, rest)) {
            cluster.create("films", 1, Metric.METRIC_COSINE);
            System.out.println(cluster.gateway.restPort());
            while (System.in.read() >= 0) {
                // Until the test lets go.
            }
        }
    }
}
