package io.vectron.cli.command;

import io.vectron.cli.client.Connection;
import io.vectron.cli.input.Durations;
import io.vectron.cli.output.Output;
import io.vectron.common.rpc.Address;
import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Options of every command that speaks with the gateway. Filled by picocli. */
final class ClientOptions {
    @Option(
            names = "--address",
            paramLabel = "HOST:PORT",
            defaultValue = "${env:VECTRON_ADDRESS:-127.0.0.1:9090}",
            converter = AddressConverter.class,
            description = "The gateway; default: VECTRON_ADDRESS, else 127.0.0.1:9090.")
    private Address address = new Address("127.0.0.1", 9090);

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "30s",
            converter = DurationConverter.class,
            description = "How long a call may take, such as 500ms, 30s, 5m; default: 30s.")
    private Duration timeout = Duration.ofSeconds(30);

    @Option(names = "--json", description = "Print JSON lines instead of text.")
    private boolean json;

    /** A connection of the caller's. */
    Connection connect() {
        return new Connection(address, timeout);
    }

    /** Standard output as it is wanted. */
    Output output() {
        return Output.standard(json);
    }

    Address address() {
        return address;
    }

    /** Reads {@code HOST:PORT}. */
    static final class AddressConverter implements ITypeConverter<Address> {
        @Override
        public Address convert(String text) {
            try {
                return Address.parse(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(
                        "'" + text + "' is not HOST:PORT, such as 127.0.0.1:9090");
            }
        }
    }

    /** Reads durations. */
    static final class DurationConverter implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            try {
                Duration duration = Durations.parse(text);
                if (duration.isZero()) {
                    throw new TypeConversionException("0 is no time to wait");
                }
                return duration;
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(String.valueOf(e.getMessage()));
            }
        }
    }
}
