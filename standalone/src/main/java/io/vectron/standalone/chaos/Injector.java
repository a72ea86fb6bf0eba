package io.vectron.standalone.chaos;

import io.vectron.standalone.cluster.Service;
import io.vectron.standalone.run.RefusedException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Does one fault at a time to a cluster under load, and sees it through. Used by one thread. */
final class Injector {
    private final ChaosCluster cluster;
    private final Members members;
    private final Recovery recovery;
    private final int shards;
    private final Consumer<String> told;

    /**
     * @param told of what is being done, for people
     */
    Injector(
            ChaosCluster cluster,
            Members members,
            Recovery recovery,
            int shards,
            Consumer<String> told) {
        this.cluster = cluster;
        this.members = members;
        this.recovery = recovery;
        this.shards = shards;
        this.told = told;
    }

    /** Something that is done to the cluster. */
    private interface Step {
        void run() throws IOException, RefusedException, InterruptedException;
    }

    /**
     * Does a fault and waits until the cluster has come back from it.
     *
     * @throws NotRecoveredException if it does not
     */
    void run(Fault fault, Tally tally)
            throws IOException, NotRecoveredException, InterruptedException {
        switch (fault.kind()) {
            case KILL_LEADER ->
                    kill(fault, tally, ChaosCluster.worker(leader(fault.draw())), false);
            case KILL_FOLLOWER ->
                    kill(fault, tally, ChaosCluster.worker(follower(fault.draw())), false);
            case WIPE -> kill(fault, tally, ChaosCluster.worker(either(fault.draw())), true);
            case KILL_PLACEMENT -> kill(fault, tally, Service.PLACEMENT, false);
            case KILL_GATEWAY -> kill(fault, tally, Service.GATEWAY, false);
            case KILL_JOB -> {
                Service service = fault.draw() % 2 == 0 ? Service.TASKMANAGER : Service.JOBMANAGER;
                told.accept(fault.kind() + ": " + service);
                cluster.kill(service);
                recover(tally, () -> {}); // the keeper starts it again
            }
            case STOP_5, STOP_20, STOP_70 -> {
                Service service = ChaosCluster.worker(either(fault.draw()));
                last(
                        fault,
                        tally,
                        service,
                        () -> cluster.suspend(service),
                        () -> cluster.resume(service));
            }
            case CUT -> {
                int worker = either(fault.draw());
                last(
                        fault,
                        tally,
                        ChaosCluster.worker(worker),
                        () -> cluster.cut(worker),
                        () -> cluster.heal(worker));
            }
            case DISK ->
                    last(
                            fault,
                            tally,
                            ChaosCluster.worker(cluster.frozenWorker()),
                            cluster::freeze,
                            cluster::thaw);
        }
    }

    /** Recovery counts from the kill. */
    private void kill(Fault fault, Tally tally, Service service, boolean wiped)
            throws IOException, NotRecoveredException, InterruptedException {
        told.accept(fault.kind() + ": " + service);
        cluster.kill(service);
        recover(
                tally,
                () -> {
                    if (wiped) {
                        cluster.wipe(service);
                    }
                    sleep(fault.away());
                    cluster.restart(service);
                });
    }

    /** Recovery counts from the end of what lasts. */
    private void last(Fault fault, Tally tally, Service service, Step begin, Step end)
            throws IOException, NotRecoveredException, InterruptedException {
        told.accept(
                fault.kind() + ": " + service + " for " + fault.kind().length().toSeconds() + " s");
        try {
            try {
                begin.run();
                sleep(fault.kind().length());
            } finally {
                end.run();
            }
        } catch (RefusedException e) {
            throw new NotRecoveredException(String.valueOf(e.getMessage()), e);
        }
        recover(tally, () -> {});
    }

    /** Measures from now on, while {@code help} is given. */
    private void recover(Tally tally, Step help)
            throws IOException, NotRecoveredException, InterruptedException {
        long from = System.nanoTime();
        FutureTask<Seen> visible = start(() -> new Seen(recovery.awaitVisible()));
        Seen seen;
        try {
            help.run();
            seen = visible.get();
        } catch (RefusedException e) {
            visible.cancel(true);
            throw new NotRecoveredException(String.valueOf(e.getMessage()), e);
        } catch (ExecutionException e) {
            throw new NotRecoveredException(String.valueOf(e.getCause()), e);
        } finally {
            visible.cancel(true);
        }
        recovery.awaitWhole(seen.offsets);
        Duration again = Duration.ofNanos(seen.nanos - from);
        Duration whole = Duration.ofNanos(System.nanoTime() - from);
        tally.recovered(again, whole);
        told.accept(
                "  rows visible after "
                        + again.toMillis()
                        + " ms, all members after "
                        + whole.toMillis()
                        + " ms");
    }

    /** When the rows were seen. */
    private static final class Seen {
        final Map<Integer, Long> offsets;
        final long nanos = System.nanoTime();

        Seen(Map<Integer, Long> offsets) {
            this.offsets = offsets;
        }
    }

    private static <T> FutureTask<T> start(Callable<T> work) {
        FutureTask<T> task = new FutureTask<>(work);
        Thread.ofPlatform().name("chaos-probe").daemon().start(task);
        return task;
    }

    /** Leaders as often as others. */
    private int either(int draw) {
        return draw % 2 == 0 ? leader(draw / 2) : follower(draw / 2);
    }

    private int leader(int draw) {
        return members.leaders().getOrDefault(draw % shards, draw % cluster.workers());
    }

    private int follower(int draw) {
        List<Integer> others = new ArrayList<>();
        int leader = leader(draw);
        for (int worker = 0; worker < cluster.workers(); worker++) {
            if (worker != leader) {
                others.add(worker);
            }
        }
        return others.get(draw / shards % others.size());
    }

    private static void sleep(Duration time) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(time.toNanos());
    }
}
