package io.vectron.standalone.simulation;

import java.util.Collection;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A process with replicas of several groups, on a disk of its own. */
final class SimulatedWorker {
    private final Simulation world;
    private final String name;
    private final TreeMap<UUID, SimulatedReplica> replicas = new TreeMap<>();
    private boolean up = true;
    private boolean cut;
    private long pausedUntil;

    SimulatedWorker(Simulation world, String name) {
        this.world = world;
        this.name = name;
    }

    String name() {
        return name;
    }

    Collection<SimulatedReplica> replicas() {
        return replicas.values();
    }

    @Nullable SimulatedReplica replica(UUID group) {
        return replicas.get(group);
    }

    void add(UUID group, SimulatedReplica replica) {
        replicas.put(group, replica);
    }

    void remove(UUID group) {
        SimulatedReplica removed = replicas.remove(group);
        if (removed != null) {
            world.judge().closed(removed);
        }
    }

    /** Whether it does anything at all. */
    boolean works() {
        return up && world.now() >= pausedUntil;
    }

    boolean isUp() {
        return up;
    }

    /** Whether others hear it. */
    boolean isHeard() {
        return works() && !cut;
    }

    /** kill -9, and a start some time later. */
    void crash(long downMs) {
        if (!up) {
            return;
        }
        world.note(Happening.WORKER_CRASHED, name, "for " + downMs + " ms");
        up = false;
        pausedUntil = 0;
        replicas.values().forEach(SimulatedReplica::crash);
        world.in(downMs, this::start);
    }

    /** Comes back, if it is down. */
    void start() {
        if (!up) {
            world.note(Happening.WORKER_STARTED, name, replicas.size() + " replicas");
            up = true;
            replicas.values().forEach(SimulatedReplica::open);
        }
    }

    /** The disk is lost while the process is down. */
    void wipe() {
        if (up) {
            crash(world.random().nextInt(20, 300));
        }
        world.note(Happening.DISK_WIPED, name, "");
        if (world.bug() == Bug.VOTES_WITH_AN_EMPTY_MEMORY) {
            replicas.replaceAll((_, lost) -> lost.withEmptyMemory());
        } else {
            replicas.clear();
        }
    }

    /** SIGSTOP, and SIGCONT some time later. */
    void pause(long forMs) {
        if (works()) {
            world.note(Happening.WORKER_PAUSED, name, "for " + forMs + " ms");
            pausedUntil = world.now() + forMs;
            world.in(forMs, () -> world.note(Happening.WORKER_WENT_ON, name, ""));
        }
    }

    /** Nobody hears it for some time, nor does it hear anybody. */
    void cutOff(long forMs) {
        if (!cut) {
            world.note(Happening.WORKER_CUT_OFF, name, "for " + forMs + " ms");
            cut = true;
            world.in(forMs, this::hear);
        }
    }

    private void hear() {
        world.note(Happening.WORKER_HEARD_AGAIN, name, "");
        cut = false;
    }

    /** All faults of the process and its network end. */
    void recover() {
        pausedUntil = 0;
        cut = false;
        start();
    }
}
