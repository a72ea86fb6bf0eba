package io.vectron.standalone.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Cuts workers off, in a network that belongs to this program and its children alone: the launcher
 * starts it in a namespace of its own, so the machine's network is never touched.
 *
 * <p>All parts speak over the loopback device, where an address tells nobody. So each worker runs
 * as a user of its own, and the kernel's routing rules tell it by that: while it is cut off, there
 * is no route for anything that its sockets send, answers included, nor for anything that is sent
 * to the ports that it listens on. Those who try wait for what never comes, or hear at once that
 * there is no route.
 *
 * <p>Used by one thread.
 */
final class Network {
    /** Set by the launcher: {@code own} in namespaces of our own for network and mounts. */
    private static final String PROPERTY = "vectron.namespaces";

    private static final int FIRST_USER = 64_001;

    /** Rules are looked at in this order: ours, then the kernel's for addresses of this machine. */
    private static final int FIRST_RULE = 100;

    private static final int LOCAL_RULE = 1_000;

    private final Map<Integer, List<Integer>> rules = new HashMap<>(); // by worker
    private int next = FIRST_RULE;

    private Network() {}

    /** Whether this process has namespaces of its own. */
    static boolean isOwn() {
        return System.getProperty(PROPERTY, "").equals("own");
    }

    /** Switches the loopback device on, which in a network of our own is off at first. */
    static void up() throws IOException {
        Tool.run("ip", "link", "set", "lo", "up");
    }

    /**
     * Makes cuts possible.
     *
     * @throws IOException if that does not work, with the reason
     */
    static Network open() throws IOException {
        if (!isOwn()) {
            throw new IOException(
                    "needs root, and unshare, ip and setpriv (util-linux, iproute2), and a start by"
                            + " ./vectron");
        }
        rule("add", "pref", "" + LOCAL_RULE, "lookup", "local");
        rule("del", "pref", "0");
        return new Network();
    }

    /**
     * Java asks the kernel whether a folder may be written to, and is told of the user, not of what
     * the process may do beyond.
     *
     * @throws IOException if other users than its owner do not get to the folder, with the reason
     */
    static void requirePassable(Path folder) throws IOException {
        for (Path each = folder.toRealPath(); each != null; each = each.getParent()) {
            if (!Files.getPosixFilePermissions(each).contains(PosixFilePermission.OTHERS_EXECUTE)) {
                throw new IOException(
                        "workers run as users of their own, and "
                                + each
                                + " is closed to others: chmod o+x it, or choose another folder");
            }
        }
    }

    /** What a worker, counted from 0, must be started by. */
    List<String> launcher(int worker) {
        // Its folder belongs to root.
        return List.of(
                "/usr/bin/setpriv",
                "--reuid=" + user(worker),
                "--inh-caps=+dac_override",
                "--ambient-caps=+dac_override");
    }

    /**
     * Cuts a worker off.
     *
     * @param ports where it listens
     */
    void cut(int worker, List<Integer> ports) throws IOException {
        String user = user(worker) + "-" + user(worker);
        add(worker, "uidrange", user);
        for (int port : ports) {
            add(worker, "ipproto", "tcp", "dport", "" + port);
        }
    }

    /** Ends the cut; nothing if there is none. */
    void heal(int worker) throws IOException {
        List<Integer> own = rules.getOrDefault(worker, List.of());
        for (int rule : own) {
            rule("del", "pref", "" + rule);
        }
        rules.remove(worker);
    }

    private void add(int worker, String... match) throws IOException {
        int pref = next;
        next = next + 1 < LOCAL_RULE ? next + 1 : FIRST_RULE;
        List<String> words = new ArrayList<>(List.of("add", "pref", "" + pref));
        words.addAll(List.of(match));
        words.add("blackhole");
        rule(words.toArray(String[]::new));
        rules.computeIfAbsent(worker, any -> new ArrayList<>()).add(pref);
    }

    private static void rule(String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of("ip", "rule"));
        command.addAll(List.of(words));
        Tool.run(command.toArray(String[]::new));
    }

    private static int user(int worker) {
        return FIRST_USER + worker;
    }
}
