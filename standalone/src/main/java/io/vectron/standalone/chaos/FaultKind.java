package io.vectron.standalone.chaos;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Something bad that is done to a cluster. */
public enum FaultKind {
    /** kill -9 of the worker that leads a shard; started again some seconds later. */
    KILL_LEADER(Duration.ZERO),
    /** kill -9 of a worker that does not lead a certain shard; started again some seconds later. */
    KILL_FOLLOWER(Duration.ZERO),
    /** A worker is stopped where it is (SIGSTOP): shorter than most deadlines. */
    STOP_5(Duration.ofSeconds(5)),
    /** As {@link #STOP_5}: longer than elections and deadlines of calls. */
    STOP_20(Duration.ofSeconds(20)),
    /** As {@link #STOP_5}: longer than sessions and keep-alives. */
    STOP_70(Duration.ofSeconds(70)),
    /** kill -9 of placement. */
    KILL_PLACEMENT(Duration.ZERO),
    /** kill -9 of the gateway. */
    KILL_GATEWAY(Duration.ZERO),
    /** kill -9 of the job's process; the keeper brings it back. */
    KILL_JOB(Duration.ZERO),
    /** kill -9 of a worker, whose folder is emptied before it is started again. */
    WIPE(Duration.ZERO),
    /** The network of a worker is cut: nobody hears it, nobody reaches it. */
    CUT(Duration.ofSeconds(15)),
    /** The disk of a worker takes no writes for a while. */
    DISK(Duration.ofSeconds(8));

    private final Duration length;

    FaultKind(Duration length) {
        this.length = length;
    }

    /** How long it lasts by itself; zero for what is over at once. */
    public Duration length() {
        return length;
    }

    /**
     * The kind of this name, as {@link #toString} writes it, or all whose names begin with it:
     * {@code kill}, {@code stop}.
     *
     * @throws IllegalArgumentException naming those there are
     */
    public static List<FaultKind> named(String name) {
        List<FaultKind> found =
                Arrays.stream(values())
                        .filter(kind ->
                                kind.toString().equals(name)
                                        || kind.toString().startsWith(name + "-"))
                        .toList();
        if (found.isEmpty()) {
            String all =
                    Arrays.stream(values())
                            .map(FaultKind::toString)
                            .collect(Collectors.joining(", "));
            throw new IllegalArgumentException("no fault '" + name + "'; there are: " + all);
        }
        return found;
    }

    /** Name on the command line and in tables: {@code kill-leader}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
