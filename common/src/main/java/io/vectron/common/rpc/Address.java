package io.vectron.common.rpc;

import com.google.common.net.HostAndPort;
import io.vectron.common.config.Written;

/**
 * Where a part listens.
 *
 * @param host host name or IP address; an IPv6 address without brackets
 * @param port TCP port, 1 to 65,535
 */
@Written(label = "HOST:PORT", as = "an address such as 127.0.0.1:7000 or [::1]:7000")
public record Address(String host, int port) {
    public Address {
        if (host.isBlank()) {
            throw new IllegalArgumentException("host is empty");
        }
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("port is not within 1 to 65535: " + port);
        }
    }

    /**
     * Reads {@code host:port}, an IPv6 address in brackets.
     *
     * @throws IllegalArgumentException if the text is no such pair
     */
    public static Address parse(String text) {
        HostAndPort parsed = HostAndPort.fromString(text);
        if (!parsed.hasPort()) {
            throw new IllegalArgumentException("port is missing: " + text);
        }
        return new Address(parsed.getHost(), parsed.getPort());
    }

    /** {@code host:port}, as {@link #parse} reads it. */
    @Override
    public String toString() {
        return HostAndPort.fromParts(host, port).toString();
    }
}
