package io.vectron.standalone.simulation;

import io.vectron.ingest.lane.LaneTarget;
import io.vectron.proto.log.v1.ShardPlacement;
import io.vectron.worker.shard.ShardFacts;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.UUID;

/**
 * One shard with all that belongs to it, on one thread and a clock of its own: a partition, one or
 * two jobs that feed it, its replicas on some workers, and placement that changes them. The parts
 * that decide are the real ones; what lies between them and the world – network, disks, time,
 * Raft's log – is simulated, and fails as the seed says.
 *
 * <p>The promises are checked at each step that could break them; see {@link Invariant}.
 */
final class Simulation {
    private static final int STEPS = 1_200;
    private static final int PATIENCE = 20_000; // steps in which a calm shard must settle

    private final long seed;
    private final Bug bug;
    private final SplittableRandom random;
    private final Timeline time = new Timeline();
    private final Journal journal = new Journal();
    private final SimulatedLog log = new SimulatedLog();
    private final Judge judge = new Judge(this);
    private final Housekeeping housekeeping = new Housekeeping(this);
    private final Wire wire = new Wire(this);
    private final List<SimulatedWorker> workers = new ArrayList<>();
    private final Map<UUID, RaftGroup> groups = new HashMap<>();
    private final List<SimulatedJob> jobs = new ArrayList<>();
    private final SimulatedPlacement placement;
    private int step;
    private boolean calm;

    /** A run as the seed says: 1, 3 or 5 replicas, and one or two workers more. */
    Simulation(long seed, Bug bug) {
        this.seed = seed;
        this.bug = bug;
        this.random = new SplittableRandom(seed);
        int factor = List.of(1, 3, 3, 3, 3, 3, 5).get(random.nextInt(7));
        for (int i = 0; i < factor + 1 + random.nextInt(2); i++) {
            workers.add(new SimulatedWorker(this, "w" + i));
        }
        List<String> names = workers.stream().map(SimulatedWorker::name).toList();
        this.placement = new SimulatedPlacement(this, factor, names);
        placement.begin();
    }

    /**
     * Runs the faults, then a calm time in which all must settle.
     *
     * @throws Violation if a promise is broken
     */
    void run() {
        try {
            Faults faults = new Faults(this);
            while (step < STEPS) {
                if (random.nextInt(3) == 0) {
                    log.append(random);
                }
                faults.strike();
                advance();
            }
            settle();
            if (random.nextInt(4) == 0) {
                faults.loseMajority(); // nothing is written any more, and yet it must be noticed
                settle();
            }
        } catch (Violation found) {
            throw new Violation(found, seed, journal.story());
        } catch (RuntimeException e) {
            throw new IllegalStateException("seed " + seed + ": " + journal.story(), e);
        }
    }

    private void advance() {
        step++;
        time.advance(1 + random.nextInt(4));
        placement.step();
        for (RaftGroup group : groups.values()) {
            group.step();
            housekeeping.step(group);
        }
        employ();
        long epoch = placement.shard().getEpoch();
        jobs.forEach(job -> job.step(epoch));
    }

    /** A job that begins where the shard stands; the former one may be a zombie for a while. */
    private void employ() {
        UUID group = UUID.fromString(placement.shard().getGroup());
        boolean served = jobs.stream().anyMatch(job -> job.group().equals(group));
        SimulatedReplica leader = group(group).leader();
        if (leader == null || (served && (calm || random.nextInt(150) != 0))) {
            return;
        }
        if (jobs.size() > 1) {
            jobs.removeFirst().end();
            note(Happening.JOB_ENDED, "job", "");
        }
        LaneTarget target = new LaneTarget(group.toString(), SimulatedPlacement.TOPIC_ID, 0);
        long position = leader.state().position();
        jobs.add(new SimulatedJob(this, group, target, leader.state().epoch(), position));
        note(Happening.JOB_STARTED, "job", "at " + position);
    }

    // ---- the end ----

    private void settle() {
        calm = true;
        workers.forEach(SimulatedWorker::recover);
        for (int waited = 0; waited < PATIENCE; waited++) {
            if (waited % 300 == 299) {
                log.append(random); // members are compared where the shard moves
            }
            advance();
            if (settled()) {
                members().forEach(judge::settled);
                calm = false;
                return;
            }
        }
        throw new Violation(
                placement.changes() ? Invariant.SHARDS_HEAL : Invariant.NOTHING_IS_LOST,
                describe());
    }

    /** All members are there, have all that is logged, and nothing is under way. */
    private boolean settled() {
        List<SimulatedReplica> members = members();
        return !placement.changes()
                && members.size() == placement.facts().getReplicationFactor()
                && members.stream().allMatch(it -> it.state().position() == log.end())
                && members.stream().noneMatch(judge::differs);
    }

    private List<SimulatedReplica> members() {
        ShardPlacement shard = placement.shard();
        List<SimulatedReplica> members = new ArrayList<>();
        for (SimulatedReplica replica : group(UUID.fromString(shard.getGroup())).running()) {
            if (shard.getMembersList().contains(replica.worker())) {
                members.add(replica);
            }
        }
        return members;
    }

    private String describe() {
        StringBuilder text = new StringBuilder("stuck, log ends at " + log.end());
        for (SimulatedWorker worker : workers) {
            for (SimulatedReplica replica : worker.replicas()) {
                text.append("; ").append(worker.name()).append(' ');
                text.append(replica.isOpen() ? replica.state().position() : replica.stopped() + "");
                text.append(replica.raft().leads() ? " leads" : "");
                text.append(replica.isDamaged() ? " damaged" : "");
                text.append(" voters ").append(replica.raft().log().voters());
            }
        }
        return text + "; " + placement.shard();
    }

    // ---- the world ----

    Map<Happening, Integer> happened() {
        return journal.counts();
    }

    String story() {
        return journal.story();
    }

    Bug bug() {
        return bug;
    }

    SplittableRandom random() {
        return random;
    }

    SimulatedLog log() {
        return log;
    }

    Judge judge() {
        return judge;
    }

    Housekeeping housekeeping() {
        return housekeeping;
    }

    Wire wire() {
        return wire;
    }

    SimulatedPlacement placement() {
        return placement;
    }

    List<SimulatedWorker> workers() {
        return workers;
    }

    SimulatedWorker worker(String name) {
        return workers.get(Integer.parseInt(name.substring(1)));
    }

    RaftGroup group(UUID id) {
        return Objects.requireNonNull(groups.get(id), "no such group");
    }

    /** Adds a group; false if it is there. */
    boolean addGroup(UUID id) {
        return groups.putIfAbsent(id, new RaftGroup(this, id)) == null;
    }

    ShardFacts facts(UUID group, long firstEpoch) {
        return new ShardFacts(
                group, placement.facts(), SimulatedPlacement.TOPIC_ID, 0, 1, firstEpoch);
    }

    long now() {
        return time.now();
    }

    void in(long delayMs, Runnable action) {
        time.in(delayMs, action);
    }

    /** Plans what passes a network; in calm times it is fast. */
    void soon(int mostMs, Runnable action) {
        time.in(random.nextInt(calm ? 3 : mostMs), action);
    }

    /** Whether something fails that fails once in so many times; nothing fails in calm times. */
    boolean faulty(int oneIn) {
        return !calm && random.nextInt(oneIn) == 0;
    }

    void note(Happening what, String who, String detail) {
        journal.note(step, time.now(), what, who, detail);
    }
}
