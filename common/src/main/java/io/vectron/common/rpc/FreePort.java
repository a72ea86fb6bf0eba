package io.vectron.common.rpc;

import java.io.IOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Ports on which nobody listens, each given out once: for {@code --port-base 0}, tests and
 * benchmarks. They lie below those that systems give to connections by themselves, so that none of
 * these takes one between the look and its use.
 *
 * <p>Nor does another process that asks here: they come in blocks, and who has a block holds the
 * UDP port with the number of the block's first for as long as it lives. A process that is killed
 * gives its blocks back by that.
 */
public final class FreePort {

    /** Ports of a {@link #block()}. */
    public static final int BLOCK = 32;

    private static final int FIRST = 12_000;
    private static final int BEHIND_LAST = 32_000;
    private static final int BLOCKS = (BEHIND_LAST - FIRST) / BLOCK;

    private static final ReentrantLock LOCK = new ReentrantLock();
    private static final List<DatagramSocket> LEASES = new ArrayList<>();
    private static int next;
    private static int behindBlock;

    private FreePort() {}

    /**
     * One on which nobody listened a moment ago.
     *
     * @throws IOException as {@link #hold}
     */
    public static int any() throws IOException {
        try (ServerSocket socket = hold()) {
            return socket.getLocalPort();
        }
    }

    /**
     * One on which nobody can listen before the socket is closed.
     *
     * @throws IOException if all blocks are taken, by this process or others
     */
    public static ServerSocket hold() throws IOException {
        LOCK.lock();
        try {
            while (true) {
                if (next == behindBlock) {
                    next = lease();
                    behindBlock = next + BLOCK;
                }
                int port = next;
                next++;
                try {
                    return new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
                } catch (BindException e) {
                    // Somebody who did not ask here listens there: the next one.
                }
            }
        } finally {
            LOCK.unlock();
        }
    }

    /**
     * The first of {@link #BLOCK} consecutive ones, none of which is given out again while this
     * process lives: for a whole {@code --port-base} of other processes.
     *
     * @throws IOException as {@link #hold}
     */
    public static int block() throws IOException {
        LOCK.lock();
        try {
            while (true) {
                int first = lease();
                if (nobodyListens(first)) {
                    return first;
                }
            }
        } finally {
            LOCK.unlock();
        }
    }

    private static boolean nobodyListens(int first) throws IOException {
        for (int port = first; port < first + BLOCK; port++) {
            try {
                new ServerSocket(port, 1, InetAddress.getLoopbackAddress()).close();
            } catch (BindException e) {
                return false;
            }
        }
        return true;
    }

    /** The first of a block that is ours from now on. */
    private static int lease() throws IOException {
        int start = ThreadLocalRandom.current().nextInt(BLOCKS);
        for (int i = 0; i < BLOCKS; i++) {
            int first = FIRST + (start + i) % BLOCKS * BLOCK;
            try {
                LEASES.add(
                        new DatagramSocket(
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), first)));
                return first;
            } catch (BindException e) {
                // Another process's, or one that we have used up.
            }
        }
        throw new BindException(
                "no free port: all "
                        + BLOCKS
                        + " blocks from "
                        + FIRST
                        + " to "
                        + (BEHIND_LAST - 1)
                        + " are taken");
    }
}
