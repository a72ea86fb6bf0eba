package io.vectron.common.manage;

import io.vectron.common.config.Setting;

/**
 * Where a service answers those who operate it.
 *
 * @param host address to listen on; the pages are for operators, so keep it off the public network
 * @param port TCP port; 0 takes a free one, a negative one listens nowhere
 */
public record ManagementConfig(
        @Setting(
                        "Address to listen on; the pages are for operators, so keep it off the"
                                + " public network.")
                String host,
        @Setting("TCP port; 0 takes a free one, a negative one listens nowhere.") int port) {
    /** Address that is reached from the same machine only. */
    public static final String LOOPBACK = "127.0.0.1";

    /** Listens nowhere. */
    public static final ManagementConfig OFF = new ManagementConfig(LOOPBACK, -1);

    private static final int HIGHEST_PORT = 65_535;

    /** Refuses an empty host and a port that is too large. */
    public ManagementConfig {
        if (host.isBlank()) {
            throw new IllegalArgumentException("management host is empty");
        }
        if (port > HIGHEST_PORT) {
            throw new IllegalArgumentException("management port is out of range: " + port);
        }
    }

    /** A port on the loopback address. */
    public static ManagementConfig on(int port) {
        return new ManagementConfig(LOOPBACK, port);
    }

    /** Whether there is a page at all. */
    public boolean enabled() {
        return port >= 0;
    }
}
