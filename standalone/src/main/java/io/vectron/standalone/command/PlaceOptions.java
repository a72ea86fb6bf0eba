package io.vectron.standalone.command;

import io.vectron.common.rpc.Address;
import io.vectron.standalone.port.PortLayout;
import io.vectron.standalone.run.StandaloneConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options that both commands have. Filled by picocli. */
final class PlaceOptions {
    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec command;

    @Option(
            names = "--port-base",
            paramLabel = "N",
            description = {
                "Listen on N and the twelve ports after it: gateway gRPC, gateway REST,"
                        + " Flink dashboard, Kafka, Kafka controller, placement, its Raft, worker,"
                        + " its Raft, management of gateway, placement, worker, and Flink's own;"
                        + " then three for each further worker: gRPC, Raft, management; then two"
                        + " for each further broker: Kafka, controller."
                        + " Without it: 9090, 8080, 8081, 9092, 9093, 7000, 7010, 7100,"
                        + " 7150, 9091, 7020, 7170, 6123; 7101, 7151, 7171 and so on; 9094 to"
                        + " 9097. 0 takes any"
                        + " free ones. Always on 127.0.0.1 only."
            })
    private @Nullable Integer portBase;

    @Option(
            names = "--kafka",
            paramLabel = "HOST:PORT[,…]",
            description = {
                "Use this Kafka, unsecured, instead of starting one. Topics have three replicas if"
                        + " there are three brokers. A data folder belongs to one Kafka."
            })
    private @Nullable String kafka;

    @Option(names = "--json", description = "Print JSON lines instead of text on standard output.")
    private boolean json;

    boolean json() {
        return json;
    }

    /** Whether a Kafka of somebody else is to be used. */
    boolean otherKafka() {
        return kafka != null;
    }

    /**
     * Addresses of a Kafka of somebody else; null if there are none.
     *
     * @throws ParameterException if they are no addresses
     */
    @Nullable String kafkaIfGiven() {
        if (kafka != null) {
            try {
                Stream.of(kafka.split(",", -1)).forEach(Address::parse);
            } catch (IllegalArgumentException e) {
                throw refused(e);
            }
        }
        return kafka;
    }

    /** Whether any free ports will do. */
    boolean anyPorts() {
        return portBase != null && portBase == 0;
    }

    /**
     * Null if the person did not say.
     *
     * @throws ParameterException if there are no such ports
     */
    @Nullable PortLayout portsIfGiven() throws IOException {
        if (portBase == null) {
            return null;
        }
        try {
            return portBase == 0 ? PortLayout.free() : PortLayout.from(portBase);
        } catch (IllegalArgumentException e) {
            throw refused(e);
        }
    }

    /**
     * What is to be started, in this folder.
     *
     * @throws ParameterException if there are no such ports or addresses
     */
    StandaloneConfig config(Path data) throws IOException {
        PortLayout given = portsIfGiven();
        PortLayout ports = given == null ? PortLayout.defaults() : given;
        try {
            return StandaloneConfig.of(data, ports).withKafka(kafka);
        } catch (IllegalArgumentException e) {
            throw refused(e);
        }
    }

    private RuntimeException refused(IllegalArgumentException e) {
        return command == null
                ? e
                : new ParameterException(command.commandLine(), e.getMessage(), e);
    }
}
