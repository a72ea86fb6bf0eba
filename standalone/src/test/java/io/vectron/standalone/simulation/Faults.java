package io.vectron.standalone.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;

/** What goes wrong, and how often. */
final class Faults {
    /** Half of them such that only other members can know. */
    private static final List<Damage> DAMAGES =
            List.of(
                    Damage.ROW_LOST,
                    Damage.ROW_CHANGED,
                    Damage.BATCH_CHANGED,
                    Damage.BATCH_CHANGED);

    private final Simulation world;
    private final SplittableRandom random;

    Faults(Simulation world) {
        this.world = world;
        this.random = world.random();
    }

    /** Perhaps something happens in this step. */
    void strike() {
        int turn = random.nextInt(1_500);
        if (turn < 34 && onlyOthersKnow()) {
            return;
        }
        if (turn < 12) {
            anyWorker().crash(random.nextInt(20, 300));
        } else if (turn < 14) {
            world.workers().forEach(worker -> worker.crash(random.nextInt(20, 200)));
        } else if (turn < 15) {
            anyWorker().crash(random.nextInt(1_300, 1_800)); // so long that it is given up
        } else if (turn < 23) {
            anyWorker().pause(random.nextInt(20, 300));
        } else if (turn < 31) {
            anyWorker().cutOff(random.nextInt(30, 400));
        } else if (turn < 33) {
            anyWorker().wipe();
        } else if (turn < 34 && random.nextInt(3) == 0) {
            loseMajority();
        } else if (turn < 42) {
            damage();
        } else if (turn < 50) {
            world.group(currentGroup()).campaign();
        } else if (turn < 80) {
            flush();
        } else if (turn < 95) {
            search();
        }
    }

    /**
     * Whether a member has rows that only the others can find to be wrong. They are needed then:
     * two faults at once would be one more than a majority stands.
     */
    private boolean onlyOthersKnow() {
        return all().stream()
                .anyMatch(it ->
                        it.corruption().isUnseen()
                                && (!it.isDamaged() || world.judge().differs(it)));
    }

    private SimulatedWorker anyWorker() {
        return world.workers().get(random.nextInt(world.workers().size()));
    }

    private UUID currentGroup() {
        return UUID.fromString(world.placement().shard().getGroup());
    }

    /** Most members of the shard lose their disks: the log must fill it anew. */
    void loseMajority() {
        List<String> members = world.placement().shard().getMembersList();
        for (int i = 0; i <= members.size() / 2; i++) {
            world.worker(members.get(i)).wipe();
        }
    }

    /**
     * One member of all that there are: more than that, and nobody could tell who is right. The
     * others must have a vote, too.
     */
    private void damage() {
        List<SimulatedReplica> all = all();
        boolean possible =
                !world.placement().changes()
                        && all.size() == world.placement().shard().getMembersCount()
                        && all.stream()
                                .noneMatch(it -> it.isDamaged() || it.corruption().isUnseen())
                        && all.stream().allMatch(it -> it.stopped() == null);
        if (!possible) {
            return;
        }
        SimulatedReplica victim = all.get(random.nextInt(all.size()));
        Damage how = DAMAGES.get(random.nextInt(DAMAGES.size()));
        boolean needsOthers = how == Damage.BATCH_CHANGED;
        boolean othersWork =
                all.size() > 1
                        && all.stream()
                                .allMatch(it -> it.isOpen() && world.worker(it.worker()).isHeard());
        if (victim.isOpen() && (othersWork || !needsOthers)) {
            victim.damage(how);
        }
    }

    /** All replicas of the shard, whatever they do. */
    private List<SimulatedReplica> all() {
        List<SimulatedReplica> all = new ArrayList<>();
        for (SimulatedWorker worker : world.workers()) {
            SimulatedReplica replica = worker.replica(currentGroup());
            if (replica != null) {
                all.add(replica);
            }
        }
        return all;
    }

    private void flush() {
        for (SimulatedReplica replica : anyWorker().replicas()) {
            if (replica.isOpen()) {
                replica.store().makeDurable();
            }
        }
    }

    private void search() {
        for (SimulatedReplica replica : anyWorker().replicas()) {
            if (replica.isOpen()) {
                world.judge().searched(replica);
            }
        }
    }
}
