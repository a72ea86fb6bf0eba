package io.vectron.common.rpc;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/**
 * Whether other machines can reach an address that a service listens on. As long as there is
 * neither authentication nor encryption, whoever reaches a service may read, write and delete
 * everything: that has to be asked for.
 */
public final class Exposure {
    /** What the setting {@code insecure} of each service means. */
    public static final String INSECURE =
            "Allow to listen on addresses that other machines reach, although whoever reaches them"
                    + " can read, write and delete everything: there is neither authentication nor"
                    + " encryption.";

    /** Digits and dots, or with a colon: no name that would have to be looked up. */
    private static final Pattern LITERAL = Pattern.compile("[0-9.]+|.*:.*");

    private Exposure() {}

    /**
     * Refuses an address that is reached from elsewhere, unless that was asked for.
     *
     * @param setting which one it is, such as {@code host}
     * @param host to listen on
     * @param insecure whether it was asked for
     * @throws IllegalArgumentException if it is refused
     */
    public static void requireAllowed(String setting, String host, boolean insecure) {
        if (!insecure && !isLoopback(host)) {
            throw new IllegalArgumentException(
                    setting
                            + " "
                            + host
                            + " is reached by other machines, and there is neither authentication"
                            + " nor encryption: listen on 127.0.0.1, or allow it with --insecure");
        }
    }

    /** Only this machine reaches it. Names but {@code localhost} are taken to be of elsewhere. */
    static boolean isLoopback(String host) {
        if (host.equalsIgnoreCase("localhost")) {
            return true;
        }
        if (!LITERAL.matcher(host).matches()) {
            return false;
        }
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
