package io.vectron.standalone.port;

import io.vectron.common.rpc.FreePort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One port for each {@link Part}; all listen on the loopback address.
 *
 * @param ports a distinct port, 1 to 65,535, for every part
 */
public record PortLayout(Map<Part, Integer> ports) {
    /** Address that every part binds to and is reached by. */
    public static final String HOST = "127.0.0.1";

    private static final InetAddress LOOPBACK = InetAddress.ofLiteral(HOST);
    private static final int HIGHEST_PORT = 65_535;

    /** Refuses missing, duplicate and impossible ports. */
    public PortLayout {
        ports = Map.copyOf(ports);
        Set<Integer> taken = new HashSet<>();
        for (Part part : Part.values()) {
            Integer port = ports.get(part);
            if (port == null) {
                throw new IllegalArgumentException("no port for " + part);
            }
            if (port < 1 || port > HIGHEST_PORT) {
                throw new IllegalArgumentException("no such port for " + part + ": " + port);
            }
            if (!taken.add(port)) {
                throw new IllegalArgumentException("port given twice: " + port);
            }
        }
    }

    /** The ports of the documentation. */
    public static PortLayout defaults() {
        Map<Part, Integer> ports = new EnumMap<>(Part.class);
        for (Part part : Part.values()) {
            ports.put(part, part.defaultPort());
        }
        return new PortLayout(ports);
    }

    /** Consecutive ports from {@code base} on, in the order of {@link Part}. */
    public static PortLayout from(int base) {
        if (base < 1 || base + Part.values().length - 1 > HIGHEST_PORT) {
            throw new IllegalArgumentException(
                    "port base must be 1 to "
                            + (HIGHEST_PORT - Part.values().length + 1)
                            + ": "
                            + base);
        }
        Map<Part, Integer> ports = new EnumMap<>(Part.class);
        int next = base;
        for (Part part : Part.values()) {
            ports.put(part, next);
            next++;
        }
        return new PortLayout(ports);
    }

    /** Ports that were free a moment ago, see {@link FreePort}. */
    public static PortLayout free() throws IOException {
        Map<Part, Integer> ports = new EnumMap<>(Part.class);
        List<ServerSocket> held = new ArrayList<>();
        try {
            for (Part part : Part.values()) {
                ServerSocket socket = FreePort.hold();
                held.add(socket);
                ports.put(part, socket.getLocalPort());
            }
        } finally {
            for (ServerSocket socket : held) {
                socket.close();
            }
        }
        return new PortLayout(ports);
    }

    /** Port of a part. */
    public int port(Part part) {
        Integer port = ports.get(part);
        if (port == null) {
            throw new IllegalStateException("no port for " + part);
        }
        return port;
    }

    /** {@code host:port} of a part. */
    public String address(Part part) {
        return HOST + ":" + port(part);
    }

    /** The parts whose port somebody else listens on. */
    public List<Part> taken() {
        return taken(List.of(Part.values()));
    }

    /** Those of {@code parts} whose port somebody else listens on. */
    public List<Part> taken(Collection<Part> parts) {
        List<Part> taken = new ArrayList<>();
        for (Part part : parts) {
            try (ServerSocket socket = new ServerSocket()) {
                // As the parts do: a port in TIME_WAIT is free.
                socket.setReuseAddress(true);
                socket.bind(new InetSocketAddress(LOOPBACK, port(part)), 1);
            } catch (IOException e) {
                taken.add(part);
            }
        }
        return taken;
    }
}
